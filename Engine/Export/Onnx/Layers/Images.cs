using Cnn.Layers;
using Cnn.Layers.Vision;
using Cnn.Proto;
using Google.Protobuf;
using ElementType = Cnn.Proto.Formats.Onnx.TensorProto.Types.DataType;

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
            layer.Top(Placed(layer));
            return;
        }

        layer.Top(Resize(layer, layer.In(), "nearest", "asymmetric", ("nearest_mode", "floor")));
    }

    /// <summary>Each pixel as a block.</summary>
    [ExportsLayer("UpsampleDarknet")]
    public static void UpsampleDarknet(LayerExport layer) =>
        layer.Top(Resize(layer, layer.In(), "nearest", "asymmetric", ("nearest_mode", "floor")));

    /// <summary>An image and its means over four sizes of windows, resized to it and added.</summary>
    [ExportsLayer("ICNetSubgraph")]
    public static void ICNetSubgraph(LayerExport layer)
    {
        IEnumerable<string> levels = ((ICNetSubgraphLayer)layer.Layer.Layer).Pyramid
            .Select(windows => Poolings.Average(layer, layer.In(), windows))
            .Select(means => Resize(layer, means, "linear", "align_corners"));
        layer.Top(layer.Op("Sum", [layer.In(), .. levels]));
    }

    /// <summary>The boxes of a map, which its size alone tells.</summary>
    [ExportsLayer("PriorBox")]
    public static void PriorBox(LayerExport layer)
    {
        layer.Layer.Layer.Forward(layer.Layer.BottomList, layer.Layer.TopList);
        Blob top = layer.TopBlob();
        layer.Top(layer.Op("Identity", [layer.Weight("boxes", top.Data.ToArray(), top.Shape.ToArray())]));
    }

    /// <summary>TensorFlow's bilinear resizing.</summary>
    [ExportsLayer("ResizeBilinear")]
    public static void ResizeBilinear(LayerExport layer)
    {
        ResizeBilinearParameter options = layer.Definition.ResizeBilinearParam ?? new ResizeBilinearParameter();
        RequireCaffesOrder(layer, options, ResizeBilinearParameter.DataFormatFieldNumber, options.DataFormat);
        layer.Top(Resize(
            layer, layer.In(), "linear", Coordinates(options.AlignCorners, options.HalfPixelCenters, "half_pixel")));
    }

    /// <summary>TensorFlow's nearest pixel.</summary>
    [ExportsLayer("ResizeNearestNeighbor")]
    public static void ResizeNearestNeighbor(LayerExport layer)
    {
        ResizeNearestNeighborParameter options =
            layer.Definition.ResizeNearestNeighborParam ?? new ResizeNearestNeighborParameter();
        RequireCaffesOrder(layer, options, ResizeNearestNeighborParameter.DataFormatFieldNumber, options.DataFormat);
        if (options is { AlignCorners: true, HalfPixelCenters: true })
        {
            throw layer.Refusal("both align_corners and half_pixel_centers are set", options);
        }

        layer.Top(Resize(
            layer,
            layer.In(),
            "nearest",
            Coordinates(options.AlignCorners, options.HalfPixelCenters, "half_pixel"),
            ("nearest_mode", options.AlignCorners || options.HalfPixelCenters ? "round_prefer_ceil" : "floor")));
    }

    private static string Coordinates(bool aligns, bool isCentred, string centred) =>
        isCentred ? centred : aligns ? "align_corners" : "asymmetric";

    private static void RequireCaffesOrder(LayerExport layer, IMessage options, int field, string order)
    {
        if (order != "NCHW")
        {
            throw layer.Refusal($"data_format is {order}, which puts the channels last", options, field);
        }
    }

    // Each value at its place in the plane, and 0 elsewhere; of several at a place the last stays.
    private static string Placed(LayerExport layer)
    {
        Blob top = layer.TopBlob();
        string planes = layer.Op(
            "Slice", [layer.Op("Shape", [layer.In()]), layer.Graph.Constant(0L), layer.Graph.Constant(2L)]);
        string size = layer.Op(
            "Concat", [planes, layer.Graph.Constant((long)top.CountOf(2))], ("axis", 0));
        string zeros = layer.Op("Expand", [layer.Graph.Constant(0f), size]);
        string flat = layer.Graph.Constant(0, 0, -1);
        string places = layer.Cast(layer.Op("Reshape", [layer.In(1), flat]), ElementType.Int64);
        string y = layer.Op(
            "ScatterElements", [zeros, places, layer.Op("Reshape", [layer.In(), flat])], ("axis", 2));
        return layer.Reshape(y, top.Shape, layer.IsBatch(top));
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
