using System.Runtime.CompilerServices;
using Google.Protobuf.Reflection;
using YamlDotNet.Core;

namespace Cnn.Proto;

/// <summary>What a net is made of: read from a file or a text, or put together in code layer by layer.</summary>
/// <remarks>
/// Options are given as objects whose properties have the names of the schema, in either spelling: <c>new { num_output
/// = 20 }</c> or <c>new { NumOutput = 20 }</c>; a dictionary serves as well. Mistakes in them are reported at the line of
/// the call.
/// </remarks>
public sealed class NetDefinition
{
    /// <summary>A net without layers.</summary>
    /// <param name="name">The net's name.</param>
    public NetDefinition(string name = "")
        : this(new NetParameter { Name = name }, new SourceMap(), new PathResolver((string?)null))
    {
    }

    internal NetDefinition(NetParameter message, SourceMap sources, PathResolver files)
    {
        Message = message;
        Sources = sources;
        Files = files;
    }

    /// <summary>The net's name.</summary>
    public string Name => Message.Name;

    /// <summary>The names of the layers of all phases, in order.</summary>
    public IEnumerable<string> Layers => Message.Layer.Select(l => l.Name);

    internal NetParameter Message { get; }

    /// <summary>Where it was written.</summary>
    internal SourceMap Sources { get; }

    /// <summary>Finds the files that it names.</summary>
    internal PathResolver Files { get; }

    /// <summary>Reads a prototxt, YAML or binary file, of any age of Caffe's formats.</summary>
    /// <exception cref="CnnException">The file cannot be read or is wrong; all its mistakes.</exception>
    public static NetDefinition Load(string path)
    {
        Loaded<NetParameter> loaded = ProtoFile.LoadNet(path);
        return new NetDefinition(loaded.Message, loaded.Sources, new PathResolver(path));
    }

    /// <summary>Reads prototxt from a string.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="CnnException">The text is wrong; all its mistakes.</exception>
    public static NetDefinition Parse(string text, string name = "net")
    {
        var sources = new SourceMap();
        NetParameter net = NetUpgrade.Upgrade(TextFormat.Parse<NetParameter>(text, name, sources), sources);
        return new NetDefinition(net, sources, new PathResolver((string?)null));
    }

    /// <summary>Adds an Input layer: a blob that the user of the net fills.</summary>
    /// <param name="name">The name of layer and blob.</param>
    /// <param name="shape">The blob's shape, outermost axis first.</param>
    /// <returns>This definition.</returns>
    public NetDefinition Input(string name, params int[] shape) =>
        Add("Input", name, default, new { shape = new { dim = shape } }, default, new SourceMap(), "", 1);

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
        [CallerLineNumber] int line = 0) => Add(type, name, bottoms, options, tops, Sources, file, line);

    /// <summary>Writes it in the format of the file's extension: .prototxt, .yaml or .binaryproto.</summary>
    /// <exception cref="CnnException">The extension says no format.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path) => ProtoFile.Save(Message, path);

    /// <summary>The definition as prototxt.</summary>
    public override string ToString() => TextFormat.Print(Message);

    internal static Google.Protobuf.IMessage Bind(MessageDescriptor type, YamlNode root, SourceMap sources, string file)
    {
        var places = new YamlPlaces("", file);
        Google.Protobuf.IMessage message = new YamlBinder(places, sources, 0).Bind(type, root);
        return places.Errors.Count == 0 ? message : throw new CnnException(places.Errors);
    }

    // A method with params cannot learn its caller's place, so what Input adds has none: its own would be of no use.
    private NetDefinition Add(
        string type,
        string name,
        BlobNames bottoms,
        object? options,
        BlobNames tops,
        SourceMap sources,
        string file,
        int line)
    {
        var tree = new OptionTree(new Mark(0, line, 1));
        FieldDescriptor own = OwnOptions(type);
        bool isPlugin = own.FieldNumber == LayerParameter.PluginParamFieldNumber;
        YamlNode layer = tree.Map(null);
        layer.Entries.Add((tree.Text("name"), tree.Text(name)));
        layer.Entries.Add((tree.Text("type"), tree.Text(type)));
        layer.Entries.Add((tree.Text("bottom"), tree.Texts(bottoms)));
        layer.Entries.Add((tree.Text("top"), tree.Texts(tops.Any() ? tops : name)));
        YamlNode ownOptions = tree.Map(null);
        foreach (var entry in tree.Map(options, isPlugin).Entries)
        {
            bool isLayers = LayerParameter.Descriptor.FindFieldByName(entry.Key.Text) is not null;
            (isLayers ? layer : ownOptions).Entries.Add(entry);
        }

        if (ownOptions.Entries.Count > 0)
        {
            layer.Entries.Add((tree.Text(own.Name), ownOptions));
        }

        Message.Layer.Add((LayerParameter)Bind(LayerParameter.Descriptor, layer, sources, file));
        return this;
    }

    // The field whose message is the type's: convolution_param for Convolution; other types' options are free-form.
    private static FieldDescriptor OwnOptions(string type) =>
        LayerParameter.Descriptor.Fields.InDeclarationOrder().FirstOrDefault(
            f => f.FieldType == FieldType.Message && f.MessageType.Name == type + "Parameter")
        ?? LayerParameter.Descriptor.FindFieldByNumber(LayerParameter.PluginParamFieldNumber);
}
