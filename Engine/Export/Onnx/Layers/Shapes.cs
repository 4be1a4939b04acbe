using Cnn.Layers;
using Cnn.Proto;
using ElementType = Cnn.Proto.Formats.Onnx.TensorProto.Types.DataType;

namespace Cnn.Engine.Export.Onnx.Layers;

/// <summary>Layers that move values and compute none.</summary>
internal static class Shapes
{
    /// <summary>Nothing: each top is the bottom.</summary>
    [ExportsLayer("Split")]
    public static void Split(LayerExport layer)
    {
        for (int i = 0; i < layer.Layer.TopList.Count; i++)
        {
            layer.Top(layer.In(), i);
        }
    }

    /// <summary>Nothing.</summary>
    [ExportsLayer("Silence")]
    public static void Nothing(LayerExport layer)
    {
    }

    /// <summary>A Reshape to the shape that the layer has.</summary>
    [ExportsLayer("Flatten")]
    [ExportsLayer("Squeeze")]
    [ExportsLayer("ExpandDimsND")]
    [ExportsLayer("reshape.Reshape")]
    public static void ToShape(LayerExport layer)
    {
        Blob top = layer.TopBlob();
        bool isFlat = layer.Layer.Type == "Flatten" && top.AxisCount == 2
            && (layer.Definition.FlattenParam?.Axis ?? 1) == 1 && layer.Bottom().AxisCount > 1;
        layer.Top(isFlat
            ? layer.Op("Flatten", [layer.In()], ("axis", 1))
            : layer.Reshape(layer.In(), top.Shape, layer.IsBatch(top)));
    }

    /// <summary>A Reshape, or the fork's DepthToSpace.</summary>
    [ExportsLayer("Reshape")]
    public static void Reshape(LayerExport layer)
    {
        Blob top = layer.TopBlob();
        int block = layer.Definition.ReshapeParam?.Pixelshuffler ?? 1;
        layer.Top(block > 1
            ? layer.Op("DepthToSpace", [layer.In()], ("blocksize", block), ("mode", "CRD"))
            : layer.Reshape(layer.In(), top.Shape, layer.IsBatch(top)));
    }

    /// <summary>Side by side on an axis.</summary>
    [ExportsLayer("Concat")]
    public static void Concat(LayerExport layer)
    {
        ConcatParameter options = layer.Definition.ConcatParam ?? new ConcatParameter();
        int axis = options.HasConcatDim ? (int)options.ConcatDim : layer.Axis(options.Axis);
        string[] inputs = [.. Enumerable.Range(0, layer.Layer.BottomList.Count).Select(layer.In)];
        layer.Top(layer.Op("Concat", inputs, ("axis", axis)));
    }

    /// <summary>Parts along an axis.</summary>
    [ExportsLayer("Slice")]
    public static void Slice(LayerExport layer)
    {
        SliceParameter options = layer.Definition.SliceParam ?? new SliceParameter();
        int axis = options.HasSliceDim ? (int)options.SliceDim : layer.Axis(options.Axis);
        long[] sizes = [.. layer.Layer.TopList.Select(t => (long)t.Dim(axis))];
        string[] outputs = layer.Ops(
            "Split", sizes.Length, [layer.In(), layer.Graph.Constant(sizes)], ("axis", axis));
        for (int i = 0; i < outputs.Length; i++)
        {
            layer.Top(outputs[i], i);
        }
    }

    /// <summary>Copies along an axis.</summary>
    [ExportsLayer("Tile")]
    public static void Tile(LayerExport layer)
    {
        TileParameter options = layer.Definition.TileParam;
        var repeats = new long[layer.Bottom().AxisCount];
        Array.Fill(repeats, 1);
        repeats[layer.Axis(options.Axis)] = options.Tiles;
        layer.Top(layer.Op("Tile", [layer.In(), layer.Graph.Constant(repeats)]));
    }

    /// <summary>A window of the size of the second bottom.</summary>
    [ExportsLayer("Crop")]
    public static void Crop(LayerExport layer)
    {
        CropParameter options = layer.Definition.CropParam ?? new CropParameter();
        Blob bottom = layer.Bottom(), top = layer.TopBlob();
        int first = layer.Axis(options.Axis);
        var axes = new List<long>();
        var starts = new List<long>();
        for (int axis = first; axis < bottom.AxisCount; axis++)
        {
            if (top.Dim(axis) != bottom.Dim(axis))
            {
                axes.Add(axis);
                int given = options.Offset.Count == 1 ? 0 : axis - first;
                starts.Add(options.Offset.Count == 0 ? 0 : options.Offset[given]);
            }
        }

        long[] ends = [.. axes.Select((axis, i) => starts[i] + top.Dim((int)axis))];
        layer.Top(axes.Count == 0
            ? layer.Op("Identity", [layer.In()])
            : layer.Op(
                "Slice",
                [
                    layer.In(), layer.Graph.Constant(starts.ToArray()), layer.Graph.Constant(ends),
                    layer.Graph.Constant(axes.ToArray()),
                ]));
    }

    /// <summary>The axes in another order.</summary>
    [ExportsLayer("Permute")]
    public static void Permute(LayerExport layer)
    {
        List<int> order = [.. layer.Definition.PermuteParam?.Order.Select(a => (int)a) ?? []];
        order.AddRange(Enumerable.Range(0, layer.Bottom().AxisCount).Except(order));
        layer.Top(layer.Op("Transpose", [layer.In()], ("perm", order)));
    }

    /// <summary>The axes in another order.</summary>
    [ExportsLayer("Transpose")]
    public static void Transpose(LayerExport layer) =>
        layer.Top(layer.Op("Transpose", [layer.In()], ("perm", layer.Definition.TransposeParam.Dim.ToArray())));

    /// <summary>Axes from the last index to the first.</summary>
    [ExportsLayer("Reverse")]
    public static void Reverse(LayerExport layer)
    {
        IReadOnlyList<int> axes = layer.Definition.ReverseParam is { Axis: { Count: > 0 } given } ? given : [0];
        layer.Top(Turned(layer, axes.Select(axis => layer.Axis(axis)).Distinct()));
    }

    /// <summary>Rows, columns or both from the last to the first.</summary>
    [ExportsLayer("Flip")]
    public static void Flip(LayerExport layer)
    {
        FlipParameter options = layer.Definition.FlipParam ?? new FlipParameter();
        var axes = new List<int>();
        axes.AddRange(options.FlipHeight ? [2] : []);
        axes.AddRange(options.FlipWidth ? [3] : []);
        layer.Top(axes.Count == 0 ? layer.In() : Turned(layer, axes));
    }

    /// <summary>The shape, as numbers.</summary>
    [ExportsLayer("shape.TensorShape")]
    public static void TensorShape(LayerExport layer) =>
        layer.Top(layer.Cast(layer.Op("Shape", [layer.In()]), ElementType.Float));

    /// <summary>Channels of groups, interleaved.</summary>
    [ExportsLayer("ShuffleChannel")]
    public static void ShuffleChannel(LayerExport layer)
    {
        int groups = (int)(layer.Definition.ShuffleChannelParam?.Group ?? 1);
        Blob bottom = layer.Bottom();
        bool isBatch = layer.IsBatch(bottom);
        int[] parts = [bottom.Dim(0), groups, bottom.Dim(1) / groups, bottom.CountOf(2)];
        string x = layer.Op("Transpose", [layer.Reshape(layer.In(), parts, isBatch)], ("perm", (int[])[0, 2, 1, 3]));
        layer.Top(layer.Reshape(x, bottom.Shape, isBatch));
    }

    /// <summary>Darknet's order of blocks and channels.</summary>
    [ExportsLayer("Reorg")]
    [ExportsLayer("yolov2.darknet_reorg")]
    public static void Reorg(LayerExport layer)
    {
        Blob bottom = layer.Bottom(), top = layer.TopBlob();
        bool isBatch = layer.IsBatch(bottom), isReverse = top.Dim(2) > bottom.Dim(2);
        int n = bottom.Dim(0), h = bottom.Dim(2), w = bottom.Dim(3), s = isReverse ? top.Dim(2) / h : h / top.Dim(2);
        int t = bottom.Dim(1) / (s * s);

        // The bottom's positions (o, k2, j, i) with o = (dy, dx) lie at (k2, j s + dy, i s + dx) of the large array,
        // which is the bottom too, read in its order.
        string x;
        if (isReverse)
        {
            x = layer.Reshape(layer.In(), [n, s, s, t, h, w], isBatch);
            x = layer.Op("Transpose", [x], ("perm", (int[])[0, 3, 4, 1, 5, 2]));
        }
        else
        {
            x = layer.Reshape(layer.In(), [n, t, h, s, w, s], isBatch);
            x = layer.Op("Transpose", [x], ("perm", (int[])[0, 3, 5, 1, 2, 4]));
        }

        layer.Top(layer.Reshape(x, top.Shape, isBatch));
    }

    /// <summary>Rows of weights by index.</summary>
    [ExportsLayer("Embed")]
    public static void Embed(LayerExport layer)
    {
        EmbedParameter options = layer.Definition.EmbedParam;
        string weights = layer.Weight(0, (int)options.InputDim, (int)options.NumOutput);
        string y = layer.Op("Gather", [weights, layer.Cast(layer.In(), ElementType.Int64)], ("axis", 0));
        layer.Top(options.BiasTerm ? layer.Op("Add", [y, layer.Weight(1, (int)options.NumOutput)]) : y);
    }

    /// <summary>Items by index.</summary>
    [ExportsLayer("BatchReindex")]
    public static void BatchReindex(LayerExport layer) =>
        layer.Top(layer.Op("Gather", [layer.In(), layer.Cast(layer.In(1), ElementType.Int64)], ("axis", 0)));

    /// <summary>The items that the last bottom chooses.</summary>
    [ExportsLayer("Filter")]
    public static void Filter(LayerExport layer)
    {
        int last = layer.Layer.BottomList.Count - 1;
        string flat = layer.Op("Reshape", [layer.In(last), layer.Graph.Constant(-1L)]);
        string chosen = layer.Cast(flat, ElementType.Bool);
        for (int i = 0; i < last; i++)
        {
            layer.TopOfCount(layer.Op("Compress", [layer.In(i), chosen], ("axis", 0)), axis: 0, i);
        }
    }

    /// <summary>A learned array.</summary>
    [ExportsLayer("Parameter")]
    public static void Parameter(LayerExport layer) =>
        layer.Top(layer.Op("Identity", [layer.Weight(0)]));

    // A step of -1 from the last index to before the first.
    private static string Turned(LayerExport layer, IEnumerable<int> axes)
    {
        long[] all = [.. axes.Select(axis => (long)axis)], back = [.. all.Select(_ => -1L)];
        long[] ends = [.. all.Select(_ => (long)int.MinValue)];
        return layer.Op(
            "Slice",
            [
                layer.In(), layer.Graph.Constant(back), layer.Graph.Constant(ends), layer.Graph.Constant(all),
                layer.Graph.Constant(back),
            ]);
    }
}
