using Cnn.Proto;
using CodeType = Cnn.Proto.PriorBoxParameter.Types.CodeType;
using ElementType = Cnn.Proto.Formats.Onnx.TensorProto.Types.DataType;

namespace Cnn.Engine.Export.Onnx.Layers;

/// <summary>
/// SSD's head: the boxes are decoded by arithmetic, and NonMaxSuppression chooses among them as Caffe does.
/// </summary>
internal static class Detections
{
    private const int RowLength = 7;

    /// <summary>Rows of item, class, score and box.</summary>
    [ExportsLayer("DetectionOutput", FixesBatch = true)]
    public static void DetectionOutput(LayerExport layer)
    {
        DetectionOutputParameter options = layer.Definition.DetectionOutputParam;
        NonMaximumSuppressionParameter suppression = options.NmsParam ?? new NonMaximumSuppressionParameter();
        Refuse(layer, options, suppression);
        int items = layer.Bottom().Dim(0), priors = layer.Bottom(2).Dim(2) / 4, classes = (int)options.NumClasses;
        int sets = options.ShareLocation ? 1 : classes;
        long[] labels =
            [.. Enumerable.Range(0, classes).Where(c => c != options.BackgroundLabelId).Select(c => (long)c)];
        string boxes = Decoded(layer, options, items, priors, sets);
        string scores = layer.Reshape(layer.In(1), [items, priors, classes], isBatch: false);
        scores = layer.Op("Transpose", [scores], ("perm", (int[])[0, 2, 1]));
        if (labels.Length < classes)
        {
            scores = layer.Op("Gather", [scores, layer.Graph.Constant(labels)], ("axis", 1));
        }

        boxes = layer.Op("Transpose", [boxes], ("perm", (int[])[0, 2, 1, 3]));
        if (sets > 1)
        {
            boxes = layer.Op("Gather", [boxes, layer.Graph.Constant(labels)], ("axis", 1));
        }

        string[] boxesOf = Items(layer, boxes, items), scoresOf = Items(layer, scores, items);
        var rows = new string[items];
        for (int item = 0; item < items; item++)
        {
            rows[item] = RowsOf(layer, options, suppression, boxesOf[item], scoresOf[item], priors, labels, item);
        }

        string all = items == 1 ? rows[0] : layer.Op("Concat", rows, ("axis", 0));
        layer.TopOfCount(OrNothing(layer, all, items), axis: 2);
    }

    private static string[] Items(LayerExport layer, string values, int items)
    {
        if (items == 1)
        {
            return [values];
        }

        var ones = new long[items];
        Array.Fill(ones, 1);
        return layer.Ops("Split", items, [values, layer.Graph.Constant(ones)], ("axis", 0));
    }

    // Boxes [1, L, P, 4], scores [1, C, P] of an item.
    private static string RowsOf(
        LayerExport layer,
        DetectionOutputParameter options,
        NonMaximumSuppressionParameter suppression,
        string boxes,
        string scores,
        int priors,
        long[] labels,
        int item)
    {
        // Classes with boxes of their own are images of one class to NonMaxSuppression.
        int sets = options.ShareLocation ? 1 : labels.Length;
        boxes = layer.Reshape(boxes, [sets, priors, 4], isBatch: false);
        if (sets > 1)
        {
            scores = layer.Reshape(scores, [sets, 1, priors], isBatch: false);
        }

        int topK = suppression.HasTopK && suppression.TopK > -1 ? Math.Min(suppression.TopK, priors) : priors;
        float least = options.HasConfidenceThreshold ? options.ConfidenceThreshold : float.MinValue;
        string chosen = layer.Op(
            "NonMaxSuppression",
            [
                boxes, topK < priors ? Best(layer, scores, topK) : scores, layer.Graph.Constant((long)topK),
                layer.Graph.Constant([suppression.NmsThreshold], [1]), layer.Graph.Constant([least], [1]),
            ]);
        string score = layer.Op("GatherND", [scores, chosen]);
        if (options.KeepTopK >= 0)
        {
            string kept = Kept(layer, score, options.KeepTopK);
            chosen = layer.Op("Gather", [chosen, kept], ("axis", 0));
            score = layer.Op("Gather", [score, kept], ("axis", 0));
        }

        string set = Column(layer, chosen, 0), box = Column(layer, chosen, 2);
        string label = layer.Op(
            "Gather", [layer.Graph.Constant(labels), sets > 1 ? set : Column(layer, chosen, 1)], ("axis", 0));
        string corners = layer.Op("GatherND", [boxes, layer.Op("Concat", [set, box], ("axis", 1))]);
        string labelRow = layer.Cast(label, ElementType.Float);
        string itemRow = layer.Plus(layer.Times(labelRow, 0), item);
        return layer.Op(
            "Concat",
            [itemRow, labelRow, layer.Op("Reshape", [score, layer.Graph.Constant(-1, 1)]), corners],
            ("axis", 1));
    }

    private static void Refuse(
        LayerExport layer, DetectionOutputParameter options, NonMaximumSuppressionParameter suppression)
    {
        if (suppression.SoftNms)
        {
            throw layer.Refusal(
                "it lowers scores instead of dropping boxes",
                suppression,
                NonMaximumSuppressionParameter.SoftNmsFieldNumber);
        }

        if (layer.Layer.BottomList.Count != 3 || options.NoPermute)
        {
            throw layer.Refusal("its predictions are in parts, or refined in a step before");
        }

        if (suppression.Eta != 1)
        {
            throw layer.Refusal(
                "its threshold changes from box to box", suppression, NonMaximumSuppressionParameter.EtaFieldNumber);
        }

        if (options.CodeType != CodeType.CenterSize)
        {
            throw layer.Refusal(
                "boxes that are not coded by centre and size can be turned over, which ONNX turns back",
                options,
                DetectionOutputParameter.CodeTypeFieldNumber);
        }
    }

    // [N, P, L, 4].
    private static string Decoded(
        LayerExport layer, DetectionOutputParameter options, int items, int priors, int sets)
    {
        string places = layer.Reshape(layer.In(), [items, priors, sets, 4], isBatch: false);
        string both = layer.Reshape(layer.In(2), [2, priors, 1, 4], isBatch: false);
        string[] parts = layer.Ops("Split", 2, [both, layer.Graph.Constant(1, 1)], ("axis", 0));
        string[] prior = Columns(layer, parts[0]), place = Columns(layer, places);
        if (!options.VarianceEncodedInTarget)
        {
            string[] variance = Columns(layer, parts[1]);
            place = [.. place.Zip(variance, (p, v) => layer.Op("Mul", [p, v]))];
        }

        var low = new string[2];
        var high = new string[2];
        for (int axis = 0; axis < 2; axis++)
        {
            string size = layer.Op("Sub", [prior[axis + 2], prior[axis]]);
            string centre = layer.Times(layer.Op("Add", [prior[axis], prior[axis + 2]]), 0.5f);
            string middle = layer.Op("Add", [layer.Op("Mul", [place[axis], size]), centre]);
            string half = layer.Times(layer.Op("Mul", [layer.Op("Exp", [place[axis + 2]]), size]), 0.5f);
            low[axis] = layer.Op("Sub", [middle, half]);
            high[axis] = layer.Op("Add", [middle, half]);
        }

        return layer.Op("Concat", [low[0], low[1], high[0], high[1]], ("axis", 3));
    }

    private static string[] Columns(LayerExport layer, string boxes) =>
        layer.Ops("Split", 4, [boxes, layer.Graph.Constant(1, 1, 1, 1)], ("axis", 3));

    // The scores, all but the best of each class below any threshold.
    private static string Best(LayerExport layer, string scores, int count)
    {
        string nothing = layer.Op("Add", [layer.Times(scores, 0), layer.Graph.Constant(float.NegativeInfinity)]);
        string[] best = layer.Ops("TopK", 2, [scores, layer.Graph.Constant((long)count)], ("axis", 2));
        return layer.Op("ScatterElements", [nothing, best[1], best[0]], ("axis", 2));
    }

    // The places of the best scores, in the order that they have.
    private static string Kept(LayerExport layer, string scores, int most)
    {
        string count = layer.Op("Min", [layer.Op("Shape", [scores]), layer.Graph.Constant((long)most)]);
        string[] best = layer.Ops("TopK", 2, [scores, count], ("axis", 0));
        string[] sorted = layer.Ops("TopK", 2, [best[1], count], ("axis", 0), ("largest", 0));
        return sorted[0];
    }

    // Without any detection there is a row for each item.
    private static string OrNothing(LayerExport layer, string rows, int items)
    {
        float[] nothing = [.. Enumerable.Range(0, items).SelectMany(i => (float[])[i, -1, -1, -1, -1, -1, -1])];
        string all = layer.Op("Concat", [rows, layer.Graph.Constant(nothing, [items, RowLength])], ("axis", 0));
        string found = layer.Op(
            "Slice", [layer.Op("Shape", [rows]), layer.Graph.Constant(0L), layer.Graph.Constant(1L)]);
        string end = layer.Op(
            "Where",
            [layer.Op("Equal", [found, layer.Graph.Constant(0L)]), layer.Graph.Constant((long)items), found]);
        string some = layer.Op("Slice", [all, layer.Graph.Constant(0L), end]);
        return layer.Op("Reshape", [some, layer.Graph.Constant(1, 1, -1, RowLength)]);
    }

    private static string Column(LayerExport layer, string rows, long column) =>
        layer.Op("Gather", [rows, layer.Graph.Constant(column)], ("axis", 1));
}
