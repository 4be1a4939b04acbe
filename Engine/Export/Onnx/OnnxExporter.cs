using System.Globalization;
using System.Reflection;
using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Proto;
using Cnn.Proto.Formats.Onnx;

namespace Cnn.Engine.Export.Onnx;

/// <summary>
/// Writes a net, as it runs in its TEST phase, as a graph of ONNX's operators: its sources are the graph's inputs, the
/// blobs that nothing reads its outputs. Losses and scores that need labels are left out.
/// </summary>
internal sealed class OnnxExporter
{
    // The version of the messages that came with the sets of operators of 2021; what read them reads later sets too.
    private const int IrVersion = 8;

    private const string Batch = "batch";

    private readonly Net net;
    private readonly OnnxGraph graph;
    private readonly Dictionary<string, string> values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Blob> blobs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NetLayer> lastWriter = new(StringComparer.Ordinal);
    private readonly Dictionary<NetLayer, NetLayer> next;
    private readonly HashSet<string> missing = new(StringComparer.Ordinal);
    private readonly HashSet<NetLayer> folded = [];
    private readonly HashSet<string> outputs = new(StringComparer.Ordinal);
    private readonly List<string> scores = [];
    private readonly Dictionary<string, string> scoreValues = new(StringComparer.Ordinal);
    private readonly List<(NetLayer Layer, int Top, string Value)> tops = [];
    private readonly Dictionary<Blob, int> counted = [];
    private readonly HashSet<Blob> dependent = [];
    private OpenBatch batch = OpenBatch.Fixed("");
    private int current;

    private OnnxExporter(Net net, OnnxOptions options)
    {
        this.net = net;
        Options = options;
        graph = new OnnxGraph(options.Opset);
        next = net.Layers.Zip(net.Layers.Skip(1)).ToDictionary(pair => pair.First, pair => pair.Second);
        foreach (NetLayer layer in net.Layers)
        {
            foreach (string top in layer.TopNameList)
            {
                lastWriter[top] = layer;
            }
        }
    }

    /// <summary>How to export.</summary>
    public OnnxOptions Options { get; }

    /// <summary>Translates a net.</summary>
    /// <param name="net">The net, built for TEST, not for inference alone.</param>
    /// <param name="options">How to export it.</param>
    /// <param name="outputs">The blobs that the graph gives; null for those that nothing reads.</param>
    /// <exception cref="CnnException">A layer cannot be expressed; the error says why.</exception>
    public static OnnxExport Export(Net net, OnnxOptions options, IReadOnlyList<string>? outputs = null)
    {
        if (options.Opset is < OnnxOptions.LeastOpset or > OnnxOptions.GreatestOpset)
        {
            throw new CnnException(
                $"opset {options.Opset} is not supported",
                $"{OnnxOptions.LeastOpset} to {OnnxOptions.GreatestOpset}; 17 is read by nearly all programs");
        }

        return new OnnxExporter(net, options).Run(outputs);
    }

    /// <summary>Returns the name that a blob's value has at the current layer.</summary>
    public string ValueOf(string blob) => values[blob];

    /// <summary>Whether a blob's first axis is the open batch.</summary>
    public bool IsBatch(Blob blob) => batch.Follows(blob);

    /// <summary>Declares that the values decide on the size of an axis of a blob.</summary>
    public void CountAxis(Blob blob, int axis) => counted[blob] = axis;

    /// <summary>Whether values decide on the shape of a blob.</summary>
    public bool DependsOnValues(Blob blob) => counted.ContainsKey(blob) || dependent.Contains(blob);

    /// <summary>Whether values decide on the first axis of a blob alone.</summary>
    public bool CountsItems(Blob blob) => counted.TryGetValue(blob, out int axis) && axis == 0;

    /// <summary>Binds a top of a layer to a value.</summary>
    public void Bind(NetLayer layer, int top, string value)
    {
        string blob = layer.TopNameList[top];
        bool isOwn = graph.Message.Node.Count > 0
            && graph.Message.Node.Skip(current).Any(n => n.Output.Contains(value))
            && !values.ContainsValue(value);
        if (isOwn)
        {
            // In a chain of layers that work in place, the last has the blob's name.
            bool isLast = lastWriter[blob] == layer;
            string name = graph.Unique(isLast ? blob : $"{blob}/{layer.Name}");
            graph.Rename(value, name, layer.Name);
            value = name;
            tops.Add((layer, top, value));
        }

        values[blob] = value;
        blobs[value] = layer.TopList[top];
    }

    /// <summary>Makes a value an output that no blob of the net is.</summary>
    /// <param name="value">The value.</param>
    /// <param name="name">The output's name.</param>
    /// <param name="like">A blob of its shape.</param>
    public void AddScore(string value, string name, Blob like)
    {
        // A blob of that name may be something else.
        if (net.Blobs.ContainsKey(name) && values.GetValueOrDefault(name) != value)
        {
            name += "_score";
        }

        if (outputs.Contains(name) || scores.Contains(name))
        {
            return;
        }

        scores.Add(name);
        scoreValues[name] = value;
        blobs.TryAdd(value, like);
    }

    /// <summary>Binds the top of the last of some layers, which need no translation of their own then.</summary>
    public void BindFollowers(string value, IReadOnlyList<NetLayer> followers)
    {
        folded.UnionWith(followers);
        Bind(followers[^1], 0, value);
    }

    /// <summary>
    /// Returns the layer that alone reads the only top of another layer, if the graph gives that top to nobody else.
    /// </summary>
    public NetLayer? FollowerOf(NetLayer layer)
    {
        if (layer.TopList.Count != 1 || !next.TryGetValue(layer, out NetLayer? follower))
        {
            return null;
        }

        string top = layer.TopNameList[0];
        bool isOutput = outputs.Contains(top) && !follower.TopNameList.Contains(top);
        return follower.BottomList.Count == 1 && follower.BottomList[0] == layer.TopList[0] && !isOutput
            ? follower
            : null;
    }

    private OnnxExport Run(IReadOnlyList<string>? wanted)
    {
        NetLayer[] sources = [.. net.Layers.Where(LayerExports.IsSource)];
        batch = Options.FixesBatch ? OpenBatch.Fixed("it was asked for")
            : net.Layers.FirstOrDefault(l => LayerExports.FixesBatch(l)) is { } fixing ? OpenBatch.Fixed(
                $"layer '{fixing.Name}' ({fixing.Type}) is written out for it")
            : OpenBatch.Of(net, sources);
        outputs.UnionWith(wanted ?? net.Outputs);
        var inputs = new List<(string Blob, string Name)>();
        foreach (NetLayer source in sources)
        {
            inputs.AddRange(source.TopNameList.Select((top, i) => (top, AddInput(source, i))));
        }

        foreach (NetLayer layer in net.Layers)
        {
            current = graph.Message.Node.Count;
            if (!folded.Contains(layer) && !LayerExports.IsSource(layer))
            {
                Translate(layer);
            }
        }

        string[] given = [.. (wanted ?? net.Outputs).Where(o => !missing.Contains(o)), .. scores];
        if (given.Length == 0)
        {
            throw new CnnException(
                $"net '{net.Name}' has no output that ONNX can give: all its outputs are losses and scores",
                "export the deploy net, or name the blobs to give");
        }

        string[] names = [.. given.Select(Output)];
        graph.Prune(names);
        inputs.RemoveAll(i => !graph.Needed.Contains(i.Name));
        foreach (var (blob, name) in inputs)
        {
            graph.Message.Input.Add(Info(name, net.Blobs[blob]));
        }

        graph.Message.Output.Add(names.Select((name, i) => Info(name, BlobOf(name, given[i]))));
        foreach (string name in graph.Message.Node.SelectMany(n => n.Output))
        {
            if (blobs.TryGetValue(name, out Blob? blob) && !names.Contains(name))
            {
                graph.Message.ValueInfo.Add(Info(name, blob));
            }
        }

        return new OnnxExport(
            Model(),
            graph.Weights,
            [.. inputs],
            [.. given.Zip(names)],
            [.. tops.Where(t => graph.Needed.Contains(t.Value))],
            batch.Problem);
    }

    private string AddInput(NetLayer source, int top)
    {
        string blob = source.TopNameList[top];
        string name = graph.Unique(blob);
        (values[blob], blobs[name]) = (name, source.TopList[top]);
        if (Options.Preprocessing is { } preprocessing && top == 0 && source == net.Layers[0])
        {
            current = graph.Message.Node.Count;
            string ready = PreprocessingExport.Add(new LayerExport(this, graph, source), name, preprocessing);
            blobs[ready] = source.TopList[top];
            values[blob] = ready;
        }

        return name;
    }

    private void Translate(NetLayer layer)
    {
        // What depends on labels that the graph does not have is left out with them.
        if (layer.Definition.Bottom.Any(missing.Contains))
        {
            missing.UnionWith(layer.TopNameList);
            return;
        }

        Action<LayerExport>? export = LayerExports.Of(layer);
        var context = new LayerExport(this, graph, layer);
        if (export is null)
        {
            if (!Options.UsesCustomDomain)
            {
                throw context.Refusal("ONNX has no such operation");
            }

            CustomExport.Add(context);
        }
        else
        {
            int nodes = graph.Message.Node.Count;
            try
            {
                export(context);
            }
            catch (CnnException) when (Options.UsesCustomDomain)
            {
                while (graph.Message.Node.Count > nodes)
                {
                    graph.Message.Node.RemoveAt(nodes);
                }

                CustomExport.Add(context);
            }
        }

        missing.UnionWith(layer.TopNameList.Where(top => !values.ContainsKey(top)));
        if (layer.BottomList.Any(DependsOnValues))
        {
            dependent.UnionWith(layer.TopList.Where(top => !counted.ContainsKey(top)));
        }
    }

    // An output has the blob's name, whatever its value is called within.
    private string Output(string blob)
    {
        if (!scoreValues.TryGetValue(blob, out string? value) && !values.TryGetValue(blob, out value))
        {
            throw new CnnException(
                $"'{blob}' is no blob of net '{net.Name}'", Suggestion.For(blob, values.Keys));
        }

        bool isInput = !graph.Message.Node.Any(n => n.Output.Contains(value));
        if (value == blob && !isInput)
        {
            return value;
        }

        string name = graph.Unique(isInput && value == blob ? $"{blob}/output" : blob);
        graph.Add("Identity", [value], [name], []);
        blobs[name] = blobs[value];
        return name;
    }

    private Blob BlobOf(string value, string blob) => blobs.GetValueOrDefault(value) ?? net.Blobs[blob];

    private ValueInfoProto Info(string name, Blob blob)
    {
        if (counted.TryGetValue(blob, out int axis))
        {
            return OnnxGraph.Value(name, blob.Shape, a => a == axis ? $"{name}_count" : null);
        }

        if (dependent.Contains(blob))
        {
            return OnnxGraph.Value(name, blob.Shape, a => $"{name}_{a}");
        }

        bool isOpen = batch.Follows(blob);
        bool isWhole = isOpen && net.Layers.First(l => l.BottomList.Count == 0).TopList[0].Dim(0) == blob.Dim(0);
        string size = isWhole ? Batch : $"{Batch}_{name}";
        return OnnxGraph.Value(name, blob.Shape, a => isOpen && a == 0 ? size : null);
    }

    private ModelProto Model()
    {
        graph.Message.Name = net.Name.Length > 0 ? net.Name : "net";
        Version version = typeof(OnnxExporter).Assembly.GetName().Version ?? new Version(0, 0);
        string? informational =
            typeof(OnnxExporter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
                ?.InformationalVersion.Split('+')[0];
        var model = new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = "cnn",
            ProducerVersion = informational ?? version.ToString(3),
            Graph = graph.Message,
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = Options.Opset } },
        };
        if (graph.HasCustom)
        {
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = OnnxGraph.CustomDomain, Version = 1 });
        }

        if (net.SourceName is { } source)
        {
            model.MetadataProps.Add(new StringStringEntryProto { Key = "source", Value = source });
        }

        model.MetadataProps.Add(new StringStringEntryProto
        {
            Key = "layers", Value = net.Layers.Count.ToString(CultureInfo.InvariantCulture),
        });
        return model;
    }
}
