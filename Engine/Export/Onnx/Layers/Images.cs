using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Engine.Export.Onnx.Layers;

/// <summary>Resizing, and boxes that depend on sizes alone.</summary>
internal static class Images
{
    /// <summary>A bilinear Resize with aligned corners.</summary>
    [ExportsLayer("Interp")]
    public static void Interp(LayerExport layer)
    {
        InterpParameter options = layer.Definition.InterpParam ?? new InterpParameter();
        Blob bottom = layer.Bottom();
        string x = layer.In();
        if (options.PadBeg != 0 || options.PadEnd != 0)
        {
            long begin = -options.PadBeg;
            long[] ends = [bottom.Dim(2) + options.PadEnd, bottom.Dim(3) + options.PadEnd];
            x = layer.Op(
                "Slice",
                [
                    x, layer.Graph.Constant(begin, begin), layer.Graph.Constant(ends), layer.Graph.Constant(2, 3),
                ]);
        }

        layer.Top(Resize(layer, x, "linear", "align_corners"));
    }

    /// <summary>The nearest pixel, or with places, values put there.</summary>
    [ExportsLayer("Upsample")]
    public static void Upsample(LayerExport layer)
    {
        if (layer.Layer.BottomList.Count > 1)
        {
            throw layer.Refusal("ONNX's MaxUnpool takes places in the whole array, these are those in a plane");
        }

        layer.Top(Resize(layer, layer.In(), "nearest", "asymmetric", ("nearest_mode", "floor")));
    }

    /// <summary>The boxes of a map, which its size alone tells.</summary>
    [ExportsLayer("PriorBox")]
    public static void PriorBox(LayerExport layer)
    {
        layer.Layer.Layer.Forward(layer.Layer.BottomList, layer.Layer.TopList);
        layer.Top(layer.Op("Identity", [layer.Weight("boxes", layer.TopBlob().Data.ToArray(), layer.TopBlob().Shape.ToArray())]));
    }

    private static string Resize(
        LayerExport layer, string x, string mode, string coordinates, params (string, object)[] more)
    {
        Blob top = layer.TopBlob();
        string batch = layer.Op("Shape", [layer.In()]);
        string first = layer.Op("Slice", [batch, layer.Graph.Constant(0L), layer.Graph.Constant(2L)]);
        string sizes = layer.Op("Concat", [first, layer.Graph.Constant(top.Dim(2), top.Dim(3))], ("axis", 0));
        return layer.Op(
            "Resize",
            [x, "", "", sizes],
            [("mode", mode), ("coordinate_transformation_mode", coordinates), .. more]);
    }
}
