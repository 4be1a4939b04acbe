using Cnn.Layers;
using Cnn.Layers.Common;
using Cnn.Proto;

namespace Cnn.Engine.Export.Onnx.Layers;

/// <summary>Borders, and blocks of positions that become channels or items.</summary>
internal static class Blocks
{
    /// <summary>A value around an array.</summary>
    [ExportsLayer("Pad")]
    public static void Pad(LayerExport layer)
    {
        PadParameter options = layer.Definition.PadParam ?? new PadParameter();
        layer.Top(Padded(layer, layer.In(), [.. options.Paddings], 0, options.ConstantValues));
    }

    /// <summary>Zeros around images.</summary>
    [ExportsLayer("pad.PadTensor")]
    public static void PythonPad(LayerExport layer) =>
        layer.Top(Padded(layer, layer.In(), ((PythonPadLayer)layer.Layer.Layer).Border, 2));

    /// <summary>Channels to blocks of pixels.</summary>
    [ExportsLayer("DepthToSpace")]
    public static void DepthToSpace(LayerExport layer)
    {
        DepthToSpaceParameter options = layer.Definition.DepthToSpaceParam ?? new DepthToSpaceParameter();
        int side = options.BlockSize;
        if (options.DataFormat != "NHWC")
        {
            string mode = options.DataFormat == "CRD" ? "CRD" : "DCR";
            layer.Top(layer.Op("DepthToSpace", [layer.In()], ("blocksize", side), ("mode", mode)));
            return;
        }

        Blob bottom = layer.Bottom();
        int[] parts = [bottom.Dim(0), bottom.Dim(1), bottom.Dim(2), side, side, layer.TopBlob().Dim(3)];
        layer.Top(Reordered(layer, parts, [0, 1, 3, 2, 4, 5]));
    }

    /// <summary>Blocks of pixels to channels.</summary>
    [ExportsLayer("SpaceToDepth")]
    public static void SpaceToDepth(LayerExport layer)
    {
        SpaceToDepthParameter options = layer.Definition.SpaceToDepthParam ?? new SpaceToDepthParameter();
        int side = options.BlockSize;
        if (options.DataFormat != "NHWC")
        {
            layer.Top(layer.Op("SpaceToDepth", [layer.In()], ("blocksize", side)));
            return;
        }

        Blob bottom = layer.Bottom(), top = layer.TopBlob();
        int[] parts = [bottom.Dim(0), top.Dim(1), side, top.Dim(2), side, bottom.Dim(3)];
        layer.Top(Reordered(layer, parts, [0, 1, 3, 2, 4, 5]));
    }

    /// <summary>Blocks of positions to items.</summary>
    [ExportsLayer("SpaceToBatchND")]
    public static void SpaceToBatch(LayerExport layer)
    {
        SpaceToBatchNDParameter options = layer.Definition.SpaceToBatchNdParam ?? new SpaceToBatchNDParameter();
        Blob bottom = layer.Bottom(), top = layer.TopBlob();
        int[] sides = [.. options.BlockShape.Select(s => (int)s)];
        int blocks = sides.Length;
        var parts = new List<int> { bottom.Dim(0) };
        for (int i = 0; i < blocks; i++)
        {
            parts.AddRange([top.Dim(i + 1), sides[i]]);
        }

        parts.AddRange(bottom.Shape[(blocks + 1)..]);
        int[] order =
        [
            .. Enumerable.Range(0, blocks).Select(i => (2 * i) + 2), 0,
            .. Enumerable.Range(0, blocks).Select(i => (2 * i) + 1),
            .. Enumerable.Range((2 * blocks) + 1, bottom.AxisCount - blocks - 1),
        ];
        string x = Padded(layer, layer.In(), options.Paddings, 1);
        x = layer.Op("Transpose", [layer.Reshape(x, [.. parts], layer.IsBatch(bottom))], ("perm", order));
        layer.Top(layer.Reshape(x, top.Shape, layer.IsBatch(top)));
    }

    /// <summary>Items to blocks of positions.</summary>
    [ExportsLayer("BatchToSpaceND")]
    public static void BatchToSpace(LayerExport layer)
    {
        BatchToSpaceNDParameter options = layer.Definition.BatchToSpaceNdParam ?? new BatchToSpaceNDParameter();
        Blob bottom = layer.Bottom(), top = layer.TopBlob();
        int[] sides = [.. options.BlockShape.Select(s => (int)s)];
        int blocks = sides.Length, rest = bottom.AxisCount - blocks - 1;

        // The items come after the places in a block, so that the open batch is there.
        long[] parts =
        [
            .. sides.Select(s => (long)s), layer.IsBatch(bottom) ? -1 : top.Dim(0),
            .. bottom.Shape[1..].ToArray().Select(d => (long)d),
        ];
        var order = new List<int> { blocks };
        int[] whole = bottom.Shape.ToArray();
        whole[0] = top.Dim(0);
        for (int i = 0; i < blocks; i++)
        {
            order.AddRange([blocks + 1 + i, i]);
            whole[i + 1] *= sides[i];
        }

        order.AddRange(Enumerable.Range((2 * blocks) + 1, rest));
        string x = layer.Op("Reshape", [layer.In(), layer.Graph.Constant(parts)]);
        x = layer.Reshape(layer.Op("Transpose", [x], ("perm", order)), whole, layer.IsBatch(top));
        layer.Top(Cropped(layer, x, options.Crops, whole));
    }

    /// <summary>Returns a value with a border.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="x">The value.</param>
    /// <param name="border">Positions before and after on each axis, from one on.</param>
    /// <param name="first">That axis.</param>
    /// <param name="value">What the border holds.</param>
    public static string Padded(
        LayerExport layer, string x, IReadOnlyList<uint> border, int first, float value = 0)
    {
        if (border.All(b => b == 0))
        {
            return x;
        }

        int axes = layer.Bottom().AxisCount;
        var pads = new long[2 * axes];
        for (int i = 0; i < border.Count; i++)
        {
            pads[first + (i / 2) + (i % 2 * axes)] = border[i];
        }

        return layer.Op("Pad", [x, layer.Graph.Constant(pads), layer.Graph.Constant(value)]);
    }

    private static string Cropped(LayerExport layer, string x, IReadOnlyList<uint> crops, int[] shape)
    {
        int[] cut = [.. Enumerable.Range(0, crops.Count / 2).Where(i => crops[2 * i] + crops[(2 * i) + 1] > 0)];
        return cut.Length == 0 ? x : layer.Op(
            "Slice",
            [
                x,
                layer.Graph.Constant(cut.Select(i => (long)crops[2 * i]).ToArray()),
                layer.Graph.Constant(cut.Select(i => shape[i + 1] - (long)crops[(2 * i) + 1]).ToArray()),
                layer.Graph.Constant(cut.Select(i => i + 1L).ToArray()),
            ]);
    }

    private static string Reordered(LayerExport layer, int[] parts, int[] order)
    {
        bool isBatch = layer.IsBatch(layer.Bottom());
        string x = layer.Op("Transpose", [layer.Reshape(layer.In(), parts, isBatch)], ("perm", order));
        return layer.Reshape(x, layer.TopBlob().Shape, isBatch);
    }
}
