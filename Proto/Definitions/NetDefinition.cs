using System.Runtime.CompilerServices;
using Cnn.Proto.Forks;
using Google.Protobuf.Reflection;
using YamlDotNet.Core;

namespace Cnn.Proto;

/// <summary>The definition of a net: read from a file or a text, or assembled in code layer by layer.</summary>
/// <remarks>
/// Options are given as objects whose properties have the names of the schema, in either spelling: <c>new { num_output
/// = 20 }</c> or <c>new { NumOutput = 20 }</c>; a dictionary serves as well. Mistakes in them are reported at the line
/// of the call.
/// </remarks>
public sealed class NetDefinition : Definition<NetParameter>
{
    /// <summary>Creates a net without layers.</summary>
    /// <param name="name">The net's name.</param>
    public NetDefinition(string name = "")
        : this(new NetParameter { Name = name })
    {
    }

    /// <summary>Creates a net from a message in the current format.</summary>
    /// <param name="message">The message; it must not change while nets are built from it.</param>
    public NetDefinition(NetParameter message)
        : base(message)
    {
    }

    internal NetDefinition(NetParameter message, SourceMap sources, PathResolver? files = null)
        : base(message, sources, files)
    {
    }

    /// <summary>The net's name.</summary>
    public string Name => Message.Name;

    /// <summary>The names of the layers of all phases, in order.</summary>
    public IEnumerable<string> Layers => Message.Layer.Select(l => l.Name);

    /// <summary>Reads a prototxt, YAML or binary file in any version of Caffe's formats.</summary>
    /// <exception cref="CnnException">
    /// The file cannot be read or is wrong; the exception carries all mistakes.
    /// </exception>
    public static NetDefinition Load(string path) => ProtoFile.LoadNet(path);

    /// <summary>Reads prototxt from a string.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">The name that errors give it.</param>
    /// <exception cref="CnnException">The text is wrong; the exception carries all mistakes.</exception>
    public static NetDefinition Parse(string text, string name = "net")
    {
        var sources = new SourceMap();
        var ignored = new IgnoredHints();
        NetParameter net = TextFormat.ParseFile<NetParameter>(text, name, sources, ignored);
        var warnings = ignored.Warnings.ToList();
        NetUpgrade.Upgrade(net, sources, warnings);
        return new NetDefinition(net, sources) { Warnings = warnings };
    }

    /// <summary>Adds an Input layer of up to eight axes: a blob that the user of the net fills.</summary>
    /// <param name="name">The name of layer and blob.</param>
    /// <param name="dim">The outermost axis of the blob's shape, such as N of [N, C, H, W].</param>
    /// <param name="dim1">The next axis; this and those after it are left out where the shape has no more.</param>
    /// <param name="dim2">The next axis.</param>
    /// <param name="dim3">The next axis.</param>
    /// <param name="dim4">The next axis.</param>
    /// <param name="dim5">The next axis.</param>
    /// <param name="dim6">The next axis.</param>
    /// <param name="dim7">The last axis.</param>
    /// <param name="file">The caller's file, for errors.</param>
    /// <param name="line">The caller's line, for errors.</param>
    /// <returns>This definition.</returns>
    public NetDefinition Input(
        string name,
        int dim,
        int? dim1 = null,
        int? dim2 = null,
        int? dim3 = null,
        int? dim4 = null,
        int? dim5 = null,
        int? dim6 = null,
        int? dim7 = null,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        Input(name, [.. ((int?[])[dim, dim1, dim2, dim3, dim4, dim5, dim6, dim7]).OfType<int>()], file, line);

    /// <summary>Adds an Input layer: a blob that the user of the net fills.</summary>
    /// <param name="name">The name of layer and blob.</param>
    /// <param name="shape">The blob's shape, outermost axis first; empty for a single value.</param>
    /// <param name="file">The caller's file, for errors.</param>
    /// <param name="line">The caller's line, for errors.</param>
    /// <returns>This definition.</returns>
    public NetDefinition Input(
        string name, int[] shape, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Add("Input", name, options: new { shape = new { dim = shape } }, file: file, line: line);

    /// <summary>Adds a layer.</summary>
    /// <param name="type">The type as in a file, such as <c>Convolution</c>.</param>
    /// <param name="name">The layer's name.</param>
    /// <param name="bottoms">The blobs it reads.</param>
    /// <param name="options">
    /// Fields of the type's own message (<c>num_output</c> of <c>convolution_param</c>) and of the layer (<c>param</c>,
    /// <c>include</c>, <c>loss_weight</c>, <c>loss_param</c>); for types of your own, the options that they bind.
    /// </param>
    /// <param name="tops">The blobs it writes; one with the layer's name when none is given.</param>
    /// <param name="file">The caller's file, for errors.</param>
    /// <param name="line">The caller's line, for errors.</param>
    /// <returns>This definition.</returns>
    /// <exception cref="CnnException">An option is unknown or of the wrong type; nothing was added.</exception>
    public NetDefinition Add(
        string type,
        string name,
        BlobNames bottoms = default,
        object? options = null,
        BlobNames tops = default,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        var tree = new OptionTree(new Mark(0, line, 1));
        FieldDescriptor own = SchemaTypes.OptionsOf(type)
            ?? LayerParameter.Descriptor.FindFieldByNumber(LayerParameter.PluginParamFieldNumber);
        bool isPlugin = own.FieldNumber == LayerParameter.PluginParamFieldNumber;
        YamlNode layer = tree.Map(null);
        layer.Entries.Add((tree.Text("name"), tree.Text(name)));
        layer.Entries.Add((tree.Text("type"), tree.Text(type)));
        layer.Entries.Add((tree.Text("bottom"), tree.Texts(bottoms)));
        layer.Entries.Add((tree.Text("top"), tree.Texts(tops.Any() ? tops : name)));
        YamlNode ownOptions = tree.Map(null);
        foreach (var entry in tree.Map(options, isPlugin).Entries)
        {
            bool isLayers = FieldNames.Find(LayerParameter.Descriptor, entry.Key.Text) is not null;
            (isLayers ? layer : ownOptions).Entries.Add(entry);
        }

        if (ownOptions.Entries.Count > 0)
        {
            layer.Entries.Add((tree.Text(own.Name), ownOptions));
        }

        Message.Layer.Add((LayerParameter)Bind(LayerParameter.Descriptor, layer, Sources, file));
        return this;
    }

    /// <summary>
    /// Writes the definition in the format of the file's extension: .prototxt, .yaml or .binaryproto.
    /// </summary>
    /// <exception cref="CnnException">The extension determines no format, or the file cannot be written.</exception>
    public void Save(string path) => ProtoFile.Save(Message, path);

    /// <summary>Returns the definition as prototxt.</summary>
    public override string ToString() => TextFormat.Print(Message);

    internal static Google.Protobuf.IMessage Bind(MessageDescriptor type, YamlNode root, SourceMap sources, string file)
    {
        var places = new YamlPlaces("", file);
        Google.Protobuf.IMessage message = new YamlBinder(places, sources, 0).Bind(type, root);
        return places.Errors.Count == 0 ? message : throw new CnnException(places.Errors);
    }
}
