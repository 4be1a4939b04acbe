namespace Cnn.Campaigns.Nets.Recipes;

/// <summary>Layers that look at images through windows, or move and resize them.</summary>
internal static class VisionRecipes
{
    public static IReadOnlyDictionary<string, Action<LayerDraw>> All { get; } = new Dictionary<string,
        Action<LayerDraw>>
    {
        ["Convolution"] = d => Convolution(d, isDepthwise: false),
        ["Convolution3D"] = Convolution3D,
        ["ConvolutionDepthwise"] = d => Convolution(d, isDepthwise: true),
        ["Correlation"] = Correlation,
        ["Crop"] = Crop,
        ["Deconvolution"] = d => Convolution(d, isDepthwise: false),
        ["DepthwiseConvolution"] = d => Convolution(d, isDepthwise: false),
        ["Flip"] = d => Over(d, $"flip_param {{ flip_width: {d.Bool()} flip_height: {d.Bool()} }}"),
        ["FlowWarp"] = FlowWarp,
        ["HistogramPooling"] = d => Over(
            d, $"histogram_pooling_param {{ {Window(d, 1, 3)}bins: {d.Int(2, 5)} min: -1 max: {d.Number(0, 2)} }}", 3),
        ["ICNetSubgraph"] = d => Over(d, "", d.Of(2, 9)),
        ["Im2col"] = d => Over(d, $"convolution_param {{ {Windows(d)}}}", 3),
        ["Interp"] = Interp,
        ["Pooling"] = Pooling,
        ["Pooling3D"] = Pooling3D,
        ["ResizeBilinear"] = d => Resize(d, "resize_bilinear_param"),
        ["ResizeNearestNeighbor"] = d => Resize(d, "resize_nearest_neighbor_param"),
        ["SPP"] = d => Over(d, $"spp_param {{ pyramid_height: {d.Int(1, 3)} pool: {d.Of("MAX", "AVE")} }}", 4),
        ["Subsampling"] = d => Over(
            d, $"subsampling_param {{ {Window(d, 1, 3)}{d.Filler()}{d.Filler("bias_filler")}}}", 3),
        ["Upsample"] = Upsample,
        ["UpsampleDarknet"] = d => Over(d, d.Maybe($"upsample_darknet_param {{ stride: {d.Int(1, 3)} }}")),
    };

    private static void Over(LayerDraw d, string options, int side = 1)
    {
        d.Image(side);
        d.Option(options);
    }

    private static string Window(LayerDraw d, int least, int most) =>
        $"kernel_size: {d.Int(least, most)} stride: {d.Int(1, 3)} ";

    // Kernel, stride, padding and dilation of a convolution, rarely larger than the image.
    private static string Windows(LayerDraw d)
    {
        int kernel = d.Of(1, 2, 3, 3, 3, d.Int(4, 7));
        string text = d.Chance(0.2)
            ? $"kernel_h: {kernel} kernel_w: {d.Int(1, 3)} "
            : d.Chance(0.1) ? $"kernel_size: {kernel} kernel_size: {d.Int(1, 3)} " : $"kernel_size: {kernel} ";
        text += d.Chance(0.5) ? $"pad: {d.Int(0, kernel / 2)} " : d.Chance(0.2)
            ? $"pad_h: {d.Int(0, 2)} pad_w: {d.Int(0, 3)} " : "";
        text += d.Chance(0.4) ? $"stride: {d.Int(1, 3)} " : d.Chance(0.2)
            ? $"stride_h: {d.Int(1, 2)} stride_w: {d.Int(1, 3)} " : "";
        return text + (d.Chance(0.2) ? $"dilation: {d.Int(1, 2)} " : "");
    }

    private static void Convolution(LayerDraw d, bool isDepthwise)
    {
        int group = d.Of(1, 1, 1, 2, 3);
        int[] image = d.Image(3, isDepthwise ? 1 : group);
        if (!isDepthwise && d.Chance(0.15))
        {
            group = Math.Max(1, image[1]);
        }

        int outputs = isDepthwise ? Math.Max(1, image[1]) : group * d.Of(1, 2, d.Int(1, 5), d.Of(8, 16, 17));
        string weights = d.Filler() + d.Maybe(d.Filler("bias_filler")) + d.Maybe("bias_term: false");
        string groups = isDepthwise ? "" : $"group: {group} ";
        d.Option($"convolution_param {{ num_output: {outputs} {groups}{Windows(d)}{weights}}}");
        if (!isDepthwise && d.Chance(0.08))
        {
            d.Like(image);
            d.Tops = 2;
        }
    }

    private static int[] Volume(LayerDraw d, int side) => d.Take(
        s => s.Length == 5 && s[2] >= side && s[3] >= side && s[4] >= side,
        () => [d.Int(1, 2), d.Int(1, 4), d.Int(side, 5), d.Int(side, 6), d.Int(side, 6)],
        null);

    private static void Convolution3D(LayerDraw d)
    {
        Volume(d, 3);
        d.Option($"convolution3d_param {{ num_output: {d.Int(1, 5)} kernel_size: {d.Int(1, 3)} kernel_depth: "
            + $"{d.Int(1, 3)} "
            + $"stride: {d.Int(1, 2)} temporal_stride: {d.Int(1, 2)} pad: {d.Int(0, 1)} temporal_pad: {d.Int(0, 1)} "
            + $"{d.Maybe("bias_term: false")}{d.Filler()}}}");
    }

    private static void Pooling3D(LayerDraw d)
    {
        Volume(d, 3);
        d.Option($"pooling3d_param {{ pool: {d.Of("MAX", "AVE")} kernel_size: {d.Int(2, 3)} kernel_depth: "
            + $"{d.Int(1, 3)} "
            + $"stride: {d.Int(1, 2)} temporal_stride: {d.Int(1, 2)} pad: {d.Int(0, 1)} }}");
    }

    private static void Correlation(LayerDraw d)
    {
        int[] image = d.Image(4);
        d.Like(image);
        d.Option($"correlation_param {{ pad: {d.Int(1, 3)} kernel_size: {d.Of(1, 1, 3)} max_displacement: "
            + $"{d.Int(1, 2)} "
            + $"stride_1: {d.Int(1, 2)} stride_2: {d.Int(1, 2)} {d.Maybe("correlation_type: SUBTRACT")}}}");
    }

    private static void Crop(LayerDraw d)
    {
        int[] image = d.Image(3);
        int axis = d.Int(1, 3);
        int[] offsets = [.. image[axis..].Select(size => d.Int(0, Math.Max(0, Math.Min(2, size - 1))))];
        d.Like([.. image[..axis], .. image[axis..].Zip(offsets, (size, offset) => Math.Max(1, size - offset))]);
        d.Option($"crop_param {{ axis: {axis} {string.Concat(offsets.Select(o => $"offset: {o} "))}}}");
    }

    private static void FlowWarp(LayerDraw d)
    {
        int[] image = d.Image(2);
        d.Like([image[0], 2, image[2], image[3]]);
        d.Option(d.Chance(0.1) ? "flow_warp_param { fill_value: NOT_A_NUMBER }" : "");
    }

    private static void Interp(LayerDraw d)
    {
        d.Image(2);
        string size = d.Int(0, 3) switch
        {
            0 => $"height: {d.Int(1, 12)} width: {d.Int(1, 12)}",
            1 => $"zoom_factor: {d.Int(1, 3)}",
            2 => $"shrink_factor: {d.Int(1, 3)}",
            _ => $"shrink_factor: {d.Int(1, 2)} zoom_factor: {d.Int(1, 2)}",
        };
        d.Option($"interp_param {{ {size} {d.Maybe($"pad_beg: {d.Int(-1, 0)} pad_end: {d.Int(-1, 0)}")}}}");
    }

    private static void Pooling(LayerDraw d)
    {
        string pool = d.Of("MAX", "MAX", "AVE", "AVE", "STOCHASTIC");

        // Stochastic pooling is of activations that are 0 or more.
        int[] image = d.Image(3, fill: pool == "STOCHASTIC" ? BottomFill.Positive : null);
        if (d.Chance(0.2))
        {
            d.Option($"pooling_param {{ pool: {pool} global_pooling: true }}");
            return;
        }

        int kernel = d.Int(1, Math.Max(1, Math.Min(5, Math.Min(image[2], image[3]) + (d.Chance(0.05) ? 2 : 0))));
        string pad = pool == "STOCHASTIC" ? "" : $"pad: {d.Int(0, kernel - 1)} ";
        d.Option($"pooling_param {{ pool: {pool} kernel_size: {kernel} stride: {d.Int(1, 3)} {pad}"
            + $"{d.Maybe($"round_mode: {d.Of("CEIL", "FLOOR")}")}}}");
        d.Tops = pool == "MAX" && d.Chance(0.15) ? 2 : 1;
    }

    private static void Resize(LayerDraw d, string field)
    {
        d.Image(2);
        string size = d.Chance(0.5)
            ? $"output_height: {d.Int(1, 10)} output_width: {d.Int(1, 10)}"
            : $"scale_height: {d.Number(0.5, 2)} scale_width: {d.Number(0.5, 2)}";
        d.Option($"{field} {{ {size} "
            + $"{d.Maybe("data_format: 'NCHW'")}{d.Of("", "align_corners: true", "half_pixel_centers: true")} }}");
    }

    private static void Upsample(LayerDraw d)
    {
        int[] image = d.Image();
        if (d.Chance(0.5))
        {
            d.Option($"upsample_param {{ scale: {d.Int(1, 3)} }}");
            return;
        }

        int scale = d.Int(1, 3);
        d.New(image, BottomFill.Places(image[2] * scale * image[3] * scale));
        d.Option($"upsample_param {{ scale: {scale} }}");
    }
}
