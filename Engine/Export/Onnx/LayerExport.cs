using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Proto;
using Cnn.Proto.Formats;
using Google.Protobuf;
using ElementType = Cnn.Proto.Formats.Onnx.TensorProto.Types.DataType;

namespace Cnn.Engine.Export.Onnx;

/// <summary>
/// A layer on its way into a graph: what its translation reads, and where it puts nodes. Each top has to be bound to a
/// value with <see cref="Top"/>.
/// </summary>
internal sealed class LayerExport(OnnxExporter exporter, OnnxGraph graph, NetLayer layer)
{
    private readonly Dictionary<int, string> weights = [];

    /// <summary>The graph.</summary>
    public OnnxGraph Graph { get; } = graph;

    /// <summary>The layer, in its net.</summary>
    public NetLayer Layer { get; } = layer;

    /// <summary>The layer's definition with its defaults.</summary>
    public LayerParameter Definition => Layer.Layer.Parameter;

    /// <summary>The options of the whole export.</summary>
    public OnnxOptions Options => exporter.Options;

    /// <summary>Returns the name of a bottom's value.</summary>
    public string In(int index = 0) => exporter.ValueOf(Layer.Definition.Bottom[index]);

    /// <summary>Whether a bottom's value is an input of the graph.</summary>
    public bool IsInput(int bottom) => !Graph.Message.Node.Any(n => n.Output.Contains(In(bottom)));

    /// <summary>Returns a bottom's blob.</summary>
    public Blob Bottom(int index = 0) => Layer.BottomList[index];

    /// <summary>Returns a top's blob.</summary>
    public Blob TopBlob(int index = 0) => Layer.TopList[index];

    /// <summary>Whether the first axis of a bottom is that of the open batch.</summary>
    public bool IsBatch(Blob blob) => exporter.IsBatch(blob);

    /// <summary>Returns an axis of a bottom, counted from the front.</summary>
    public int Axis(int axis, int bottom = 0) => axis < 0 ? axis + Bottom(bottom).AxisCount : axis;

    /// <summary>Gives a value another type.</summary>
    public string Cast(string value, ElementType type) => Op("Cast", [value], ("to", (int)type));

    /// <summary>Returns the softmax of the first bottom.</summary>
    public string Softmax() => Op("Softmax", [In()], ("axis", Axis(Definition.SoftmaxParam?.Axis ?? 1)));

    /// <summary>Adds a node with one output.</summary>
    /// <param name="type">The operator.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="attributes">Its attributes.</param>
    /// <returns>The name of its output.</returns>
    public string Op(string type, string[] inputs, params (string Name, object Value)[] attributes)
    {
        string output = Graph.Unique($"{Layer.Name}/{type}");
        Graph.Add(type, inputs, [output], attributes);
        return output;
    }

    /// <summary>Adds a node with several outputs.</summary>
    public string[] Ops(
        string type, int outputs, string[] inputs, params (string Name, object Value)[] attributes)
    {
        string[] names = [.. Enumerable.Range(0, outputs).Select(_ => Graph.Unique($"{Layer.Name}/{type}"))];
        Graph.Add(type, inputs, names, attributes);
        return names;
    }

    /// <summary>Binds a top to a value of the graph.</summary>
    public void Top(string value, int index = 0) => exporter.Bind(Layer, index, value);

    /// <summary>Binds a top to a value in which an axis has as many places as the values decide.</summary>
    public void TopOfCount(string value, int axis, int index = 0)
    {
        exporter.CountAxis(TopBlob(index), axis);
        Top(value, index);
    }

    /// <summary>
    /// Binds the top of the last of the layers that are folded into this one; they are translated then.
    /// </summary>
    public void TopOfFollowers(string value, IReadOnlyList<NetLayer> followers) =>
        exporter.BindFollowers(value, followers);

    /// <summary>
    /// Returns the layer that alone reads the only top of another layer, which no one else is given; null where there
    /// is none.
    /// </summary>
    public NetLayer? FollowerOf(NetLayer other) => exporter.FollowerOf(other);

    /// <summary>
    /// Makes what a loss judges, or what goes to a file, an output of the graph.
    /// </summary>
    /// <param name="value">The value.</param>
    /// <param name="blob">The name of the output.</param>
    /// <param name="bottom">The bottom that has its shape.</param>
    public void Judged(string value, string blob, int bottom = 0) =>
        exporter.AddScore(value, blob, Layer.BottomList[bottom]);

    /// <summary>
    /// Returns the name of a parameter's array: <c>LAYER.weight</c>, see <see cref="ParameterNames"/>.
    /// </summary>
    /// <param name="index">Which of the layer's blobs.</param>
    /// <param name="dims">Its shape in the graph; that of the blob if not given.</param>
    public string Weight(int index, params int[] dims)
    {
        if (!weights.TryGetValue(index, out string? name))
        {
            weights[index] = name = WeightOf(Layer, index, dims);
        }

        return name;
    }

    /// <summary>Returns the name of the array of another layer's parameter.</summary>
    public string WeightOf(NetLayer owner, int index, params int[] dims)
    {
        Blob blob = owner.Layer.Blobs[index];
        int[] shape = dims.Length > 0 ? dims : blob.Shape.ToArray();
        return Graph.Weight(NameOf(owner, index), Array.ConvertAll(shape, d => (long)d), () => blob.Data);
    }

    /// <summary>Returns the name of the array that stands for a parameter with other values.</summary>
    public string Computed(int index, float[] values, params int[] dims) =>
        Graph.Weight(NameOf(Layer, index), Array.ConvertAll(dims, d => (long)d), () => values);

    /// <summary>Returns the name of an array computed for the graph.</summary>
    public string Weight(string role, float[] values, params int[] dims) =>
        Graph.Weight($"{Layer.Name}.{role}", Array.ConvertAll(dims, d => (long)d), () => values);

    /// <summary>
    /// Gives a value another shape; the open batch stays open, and so does a number of items that values decide on.
    /// </summary>
    /// <param name="value">The value.</param>
    /// <param name="shape">The shape, for the net's own batch size.</param>
    /// <param name="isBatch">Whether its first axis is that of the open batch.</param>
    /// <exception cref="CnnException">Values decide on the shape in another way.</exception>
    public string Reshape(string value, ReadOnlySpan<int> shape, bool isBatch)
    {
        long[] dims = Array.ConvertAll(shape.ToArray(), d => (long)d);
        if (Layer.BottomList.FirstOrDefault(exporter.DependsOnValues) is { } bottom)
        {
            // The items stay apart where the first axis is theirs before and after.
            isBatch = exporter.CountsItems(bottom) && dims.Length > 0 && dims[0] == bottom.Dim(0);
            if (!isBatch)
            {
                throw Refusal("values decide on the shape of a bottom, and ONNX needs a fixed one here");
            }
        }

        if (isBatch)
        {
            dims[0] = -1;
        }

        return Op("Reshape", [value, Graph.Constant(dims)]);
    }

    /// <summary>Reduces over axes.</summary>
    /// <param name="type">The operator, such as <c>ReduceMean</c>.</param>
    /// <param name="value">The value.</param>
    /// <param name="axes">The axes.</param>
    /// <param name="keeps">Whether the axes stay, with size 1.</param>
    public string Reduce(string type, string value, int[] axes, bool keeps) =>
        type == "ReduceSum" || Graph.Opset >= 18
            ? Op(
                type,
                [value, Graph.Constant(Array.ConvertAll(axes, a => (long)a))],
                ("keepdims", keeps ? 1 : 0))
            : Op(type, [value], ("axes", axes), ("keepdims", keeps ? 1 : 0));

    /// <summary>Multiplies by a number; returns the value itself for 1.</summary>
    public string Times(string value, float factor) =>
        factor == 1 ? value : Op("Mul", [value, Graph.Constant(factor)]);

    /// <summary>Adds a number; returns the value itself for 0.</summary>
    public string Plus(string value, float number) =>
        number == 0 ? value : Op("Add", [value, Graph.Constant(number)]);

    private static string NameOf(NetLayer layer, int index) =>
        NamedArrays.Name(layer.Name, ParameterNames.Of(layer.Layer)[index]);

    /// <summary>Makes the error that ONNX cannot express the layer.</summary>
    /// <param name="reason">What it cannot express.</param>
    /// <param name="message">The message of the parameter that is to blame; null for the layer.</param>
    /// <param name="field">The parameter.</param>
    public CnnException Refusal(string reason, IMessage? message = null, int field = 0) => Layer.Layer.Context.Error(
        message, field, $"a {Layer.Type} layer cannot be exported to ONNX: {reason}");
}
