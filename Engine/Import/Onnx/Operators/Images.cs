using Cnn.Proto;

namespace Cnn.Engine.Import.Onnx.Operators;

/// <summary>Resizing.</summary>
internal static class Images
{
    /// <summary>Upsample for whole factors, Interp for aligned corners, and TensorFlow's kinds of resizing.</summary>
    [ImportsOperator("Resize")]
    [ImportsOperator("Upsample")]
    public static void Resize(NodeImport node)
    {
        ImportedValue x = node.In();
        if (x.Axes != 4)
        {
            throw node.Refusal($"its input has shape {Sizes.Text(x.Shape)}, expected four axes");
        }

        bool isOld = node.Node.OpType == "Upsample" || node.Opset < 11;
        float[]? scales = Scales(node, isOld ? 1 : 2);
        int[] shape = scales is null ? ShapeRules.Sizes(node, Known(node)) : new int[4];
        for (int axis = 0; scales is not null && axis < 4; axis++)
        {
            shape[axis] = node.Small((long)Math.Floor(x.Shape[axis] * (double)scales[axis]), "size");
        }

        if (shape.Length != 4 || shape[0] != x.Shape[0] || shape[1] != x.Shape[1] || shape[2] < 1 || shape[3] < 1)
        {
            throw node.Refusal($"it makes {Sizes.Text(x.Shape)} to {Sizes.Text(shape)}; rows and columns alone change");
        }

        RefuseOptions(node);
        string mode = node.Text("mode", "nearest");
        string places = isOld ? "asymmetric" : node.Text("coordinate_transformation_mode", "half_pixel");
        if (shape.AsSpan().SequenceEqual(x.Shape))
        {
            node.Out(x);
        }
        else if (mode == "nearest")
        {
            node.Out(Nearest(node, x, shape, places, scales, isOld));
        }
        else if (mode is "linear" or "bilinear")
        {
            node.Out(Linear(node, x, shape, places, scales));
        }
        else
        {
            throw node.Refusal($"its mode is {mode}; nearest and linear are what layers do");
        }
    }

    private static float[]? Scales(NodeImport node, int input)
    {
        float[]? scales = node.Has(input) ? node.Known(input, "scales").Floats
            : node.Attribute("scales") is { } attribute ? [.. attribute.Floats]
            : null;
        return scales is null or { Length: 0 or 4 }
            ? scales is { Length: 0 } ? null : scales
            : throw node.Refusal($"it has {scales.Length} scales, expected 4");
    }

    private static long[] Known(NodeImport node) =>
        node.Has(3) ? node.Known(3, "sizes").Whole : throw node.Refusal("it has neither scales nor sizes");

    private static void RefuseOptions(NodeImport node)
    {
        if (node.Int("antialias", 0) != 0 || node.Ints("axes").Length > 0 || node.Int("exclude_outside", 0) != 0
            || node.Text("keep_aspect_ratio_policy", "stretch") != "stretch")
        {
            throw node.Refusal("it is set to antialias, axes, exclude_outside or keep_aspect_ratio_policy");
        }
    }

    private static ImportedValue Nearest(
        NodeImport node, ImportedValue x, int[] shape, string places, float[]? scales, bool isOld)
    {
        int scale = shape[2] / x.Shape[2];
        bool isWhole = scale > 1 && shape[2] == scale * (long)x.Shape[2] && shape[3] == scale * (long)x.Shape[3];
        string rounding = isOld ? "floor" : node.Text("nearest_mode", "round_prefer_floor");

        // Between centres the nearest pixel of a whole factor is the one that the pixel lies in.
        bool fits = isWhole && (places, rounding) is ("asymmetric", "floor")
            or ("half_pixel" or "pytorch_half_pixel", "round_prefer_floor" or "round_prefer_ceil");
        if (fits)
        {
            return node.Add(
                "Upsample",
                [x],
                shape,
                layer => layer.UpsampleParam = new UpsampleParameter { Scale = (uint)scale });
        }

        bool isTensorFlows = (places, rounding) is ("asymmetric" or "tf_half_pixel_for_nn", "floor")
            or ("align_corners", "round_prefer_ceil");
        return isTensorFlows && IsExact(x, shape, scales)
            ? node.Add(
                "ResizeNearestNeighbor",
                [x],
                shape,
                layer => layer.ResizeNearestNeighborParam = new ResizeNearestNeighborParameter
                {
                    OutputHeight = shape[2], OutputWidth = shape[3], DataFormat = "NCHW",
                    AlignCorners = places == "align_corners", HalfPixelCenters = places == "tf_half_pixel_for_nn",
                })
            : throw node.Refusal(
                $"it makes {Sizes.Text(x.Shape)} to {Sizes.Text(shape)} with {places}, {rounding}, which no layer "
                + "does");
    }

    private static ImportedValue Linear(NodeImport node, ImportedValue x, int[] shape, string places, float[]? scales)
    {
        if (places == "align_corners")
        {
            return node.Add("Interp", [x], shape, layer => layer.InterpParam = new InterpParameter
            {
                Height = shape[2], Width = shape[3],
            });
        }

        bool isCentred = places == "half_pixel"
            || (places == "pytorch_half_pixel" && shape[2] > 1 && shape[3] > 1);
        if (!IsExact(x, shape, scales) || (!isCentred && places != "asymmetric"))
        {
            throw node.Refusal($"it makes {Sizes.Text(x.Shape)} to {Sizes.Text(shape)} with {places}");
        }

        return node.Add("ResizeBilinear", [x], shape, layer => layer.ResizeBilinearParam = new ResizeBilinearParameter
        {
            OutputHeight = shape[2], OutputWidth = shape[3], DataFormat = "NCHW", HalfPixelCenters = isCentred,
        });
    }

    // The layers go by the sizes, which a scale may miss by a fraction.
    private static bool IsExact(ImportedValue x, int[] shape, float[]? scales) =>
        scales is null || (shape[2] == x.Shape[2] * scales[2] && shape[3] == x.Shape[3] * scales[3]);
}
