using Cnn.Engine.Export.Onnx;
using Cnn.Proto.Formats.Onnx;
using Google.Protobuf;
using AttributeType = Cnn.Proto.Formats.Onnx.AttributeProto.Types.AttributeType;

namespace Cnn.Engine.Import.Onnx;

/// <summary>
/// Finds what this program's own export writes for layers that take many operators, and puts single operators of the
/// domain <c>cnn</c> in their place. Files of other programs stay as they are.
/// </summary>
internal sealed class GraphPatterns
{
    private readonly GraphProto graph;
    private readonly Dictionary<string, NodeProto> writers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OnnxTensor> known = new(StringComparer.Ordinal);

    private GraphPatterns(OnnxModel model)
    {
        graph = model.Message.Graph;
        foreach (NodeProto node in graph.Node)
        {
            foreach (string output in node.Output)
            {
                writers[output] = node;
            }
        }

        foreach (OnnxTensor tensor in model.Initializers)
        {
            known[tensor.Name] = tensor;
        }
    }

    /// <summary>Replaces the patterns in a model that this program exported.</summary>
    public static void Replace(OnnxModel model)
    {
        var patterns = new GraphPatterns(model);
        for (int i = 0; i < patterns.graph.Node.Count; i++)
        {
            NodeProto node = patterns.graph.Node[i];
            NodeProto? layer = node.OpType switch
            {
                "Add" => patterns.NoisyReLU(node),
                "Reshape" => patterns.DetectionOutput(node) ?? patterns.Upsample(node),
                "Where" => patterns.FlowWarp(node),
                _ => null,
            };
            if (layer is not null)
            {
                (layer.Name, layer.Domain) = (node.Name, OnnxGraph.CustomDomain);
                layer.Output.Add(node.Output);
                patterns.graph.Node[i] = layer;
            }
        }
    }

    // x Phi(x / s) + s phi(x / s), s^2 = sigmoid(x).
    private NodeProto? NoisyReLU(NodeProto sum)
    {
        string? below = Above(sum.Input.ElementAtOrDefault(0), "Mul", 1);
        string? z = Above(Above(Above(Above(below, "Mul"), "Add"), "Erf"), "Mul");
        string? x = Above(z, "Div"), s = Above(z, "Div", 1), rest = sum.Input.ElementAtOrDefault(1);
        string? square = Above(Above(Above(Above(rest, "Mul", 1), "Mul"), "Exp"), "Mul");
        bool isWhole = x is not null
            && Above(sum.Input[0], "Mul") == x
            && Above(Above(s, "Sqrt"), "Sigmoid") == x
            && Above(rest, "Mul") == s
            && Above(square, "Mul") == z;
        return isWhole ? new NodeProto { OpType = "NoisyReLU", Input = { x } } : null;
    }

    // Values at their places in planes of zeros.
    private NodeProto? Upsample(NodeProto shaped)
    {
        if (shaped.Input.Count < 2 || !writers.TryGetValue(shaped.Input[0], out NodeProto? scatter)
            || scatter.OpType != "ScatterElements" || Whole(shaped, 1) is not [_, _, var rows, var columns]
            || Above(Above(scatter.Output[0], "ScatterElements", 2), "Reshape") is not { } values
            || Above(Above(Above(scatter.Output[0], "ScatterElements", 1), "Cast"), "Reshape") is not { } places)
        {
            return null;
        }

        var layer = new NodeProto { OpType = "Upsample", Input = { values, places } };
        Set(layer, "upsample_h", rows);
        Set(layer, "upsample_w", columns);
        return layer;
    }

    // An image at the places of a grid, where they are inside it.
    private NodeProto? FlowWarp(NodeProto choice)
    {
        string? moved = choice.Input.ElementAtOrDefault(1), inside = choice.Input.ElementAtOrDefault(0);
        string? columns = Above(Above(Above(inside, "And"), "And"), "GreaterOrEqual");
        if (Above(moved, "GridSample") is not { } image || Above(Above(columns, "Add"), "Split") is not { } flow
            || choice.Input.Count < 3 || Number(choice, 2) is not { } fill)
        {
            return null;
        }

        var layer = new NodeProto { OpType = "FlowWarp", Input = { image, flow } };
        Set(layer, "fill_value", float.IsNaN(fill) ? "NOT_A_NUMBER" : "ZERO");
        return layer;
    }

    // The rows of all items, of which each item's come from a NonMaxSuppression.
    private NodeProto? DetectionOutput(NodeProto shaped)
    {
        if (Whole(shaped, 1) is not [1, 1, -1, 7]
            || Above(Above(shaped.Input[0], "Slice"), "Concat") is not { } all
            || !writers.TryGetValue(all, out NodeProto? rows) || rows.OpType != "Concat")
        {
            return null;
        }

        bool isOneItem = rows.Attribute.Any(a => a is { Name: "axis", I: 1 });
        if (!isOneItem && (rows.Input.Count == 0 || !writers.TryGetValue(rows.Input[0], out rows)))
        {
            return null;
        }

        string? score = Above(rows.Input.ElementAtOrDefault(2), "Reshape"), found = PastA(score, "Gather");
        string? chosen = Above(found, "GatherND", 1);
        if (chosen is null || !writers.TryGetValue(chosen, out NodeProto? suppression)
            || suppression.OpType != "NonMaxSuppression" || suppression.Input.Count < 5)
        {
            return null;
        }

        // One item's boxes and scores are parts of all items'.
        string? boxes = Above(
            PastA(PastA(Above(suppression.Input[0], "Reshape"), "Split"), "Gather"), "Transpose");
        string? scores = Above(
            PastA(PastA(PastA(Above(found, "GatherND"), "Reshape"), "Split"), "Gather"), "Transpose");
        string? middle = Above(Above(boxes, "Concat"), "Sub"), place = Above(Above(middle, "Add"), "Mul");
        string? size = Above(Above(middle, "Add"), "Mul", 1), places = Above(PastA(place, "Mul"), "Split");
        string? priors = Above(Above(Above(Above(size, "Sub"), "Split"), "Split"), "Reshape");
        string? labels = Above(Above(rows.Input[1], "Cast"), "Gather");
        if (Above(places, "Reshape") is not { } locations || Above(scores, "Reshape") is not { } confidences
            || priors is null || labels is null || !known.TryGetValue(labels, out OnnxTensor? classes)
            || Whole(writers[places!], 1) is not [_, _, var sets, 4]
            || Whole(writers[scores!], 1) is not [_, _, var count]
            || Whole(suppression, 2) is not [var most] || Number(suppression, 3) is not { } threshold
            || Number(suppression, 4) is not { } least)
        {
            return null;
        }

        long[] given = classes.WholeNumbers();
        long background = Enumerable.Range(0, given.Length + 1)
            .FirstOrDefault(c => c < count && !given.Contains(c), -1);
        var layer = new NodeProto { OpType = "DetectionOutput", Input = { locations, confidences, priors } };
        Set(layer, "num_classes", count);
        Set(layer, "background_label_id", background);
        Set(layer, "share_location", sets == 1 ? 1 : 0);
        Set(layer, "variance_encoded_in_target", place == PastA(place, "Mul") ? 1 : 0);
        Set(layer, "keep_top_k", KeptOf(score));
        Set(layer, "code_type", "CENTER_SIZE");
        Set(layer, "nms_param.nms_threshold", threshold);
        Set(layer, "nms_param.top_k", most);
        if (least != float.MinValue)
        {
            Set(layer, "confidence_threshold", least);
        }

        return layer;
    }

    // Of the scores only the best are taken, if there is a Gather.
    private long KeptOf(string? score)
    {
        string? sorted = Above(Above(score, "Gather", 1), "TopK", 1);
        return sorted is not null && writers.TryGetValue(sorted, out NodeProto? least) && Whole(least, 1) is [var most]
            ? most
            : -1;
    }

    // An input of the operation that writes a value; null where that is another one.
    private string? Above(string? value, string type, int input = 0) =>
        value is not null && writers.TryGetValue(value, out NodeProto? node) && node.OpType == type
            ? node.Input.ElementAtOrDefault(input)
            : null;

    private string? PastA(string? value, string type) => Above(value, type) ?? value;

    private long[]? Whole(NodeProto node, int input) =>
        node.Input.ElementAtOrDefault(input) is { } name && known.TryGetValue(name, out OnnxTensor? tensor)
            && tensor.IsWhole ? tensor.WholeNumbers() : null;

    private float? Number(NodeProto node, int input) =>
        known.TryGetValue(node.Input[input], out OnnxTensor? tensor) && tensor.Count == 1 ? tensor.Floats()[0] : null;

    private static void Set(NodeProto node, string name, long value) => node.Attribute.Add(
        new AttributeProto { Name = name, I = value, Type = AttributeType.Int });

    private static void Set(NodeProto node, string name, float value) => node.Attribute.Add(
        new AttributeProto { Name = name, F = value, Type = AttributeType.Float });

    private static void Set(NodeProto node, string name, string value) => node.Attribute.Add(
        new AttributeProto { Name = name, S = ByteString.CopyFromUtf8(value), Type = AttributeType.String });
}
