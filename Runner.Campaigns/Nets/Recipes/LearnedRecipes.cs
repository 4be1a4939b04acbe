namespace Cnn.Campaigns.Nets.Recipes;

/// <summary>Layers with weights other than convolutions, recurrent layers among them.</summary>
internal static class LearnedRecipes
{
    public static IReadOnlyDictionary<string, Action<LayerDraw>> All { get; } = new Dictionary<string,
        Action<LayerDraw>>
    {
        ["BN"] = BN,
        ["BatchNorm"] = BatchNorm,
        ["Bias"] = d => Axes(d, "bias_param", d.Filler("filler")),
        ["ContinuationIndicator"] = ContinuationIndicator,
        ["Embed"] = Embed,
        ["EuclideanRBF"] = d => Product(d, "euclidean_rbf_param", d.Filler("prototype_filler")),
        ["InnerDistance"] = d => Product(
            d,
            "inner_distance_param",
            $"{d.Filler()}{d.Maybe("distance_type: 'L1'")}{d.Maybe("bias_term: false")}{d.Maybe("transpose: true")}"),
        ["InnerProduct"] = d => Product(
            d,
            "inner_product_param",
            $"{d.Filler()}{d.Maybe(d.Filler("bias_filler"))}{d.Maybe("bias_term: false")}{d.Maybe("transpose: true")}"),
        ["LSTM"] = d => Recurrent(d, 2),
        ["LSTMUnit"] = LSTMUnit,
        ["Lstm"] = Lstm,
        ["MarginInnerProduct"] = MarginInnerProduct,
        ["Parameter"] = d => d.Option(
            $"parameter_param {{ shape {{ {string.Concat(d.Shape(d.Int(1, 4)).Select(size => $"dim: {size} "))}}} }}"),
        ["RNN"] = d => Recurrent(d, 1),
        ["Scale"] = d => Axes(
            d, "scale_param", d.Filler("filler") + d.Maybe($"bias_term: true {d.Filler("bias_filler")}")),
    };

    private static void Axes(LayerDraw d, string field, string options)
    {
        int[] shape = d.Any();
        int axis = d.Int(0, shape.Length - 1);
        if (d.Chance(0.25))
        {
            int end = d.Int(axis, shape.Length);
            d.Like(shape[axis..end]);
            d.Option($"{field} {{ axis: {axis} {(field == "scale_param" ? d.Maybe("bias_term: true") : "")}}}");
            return;
        }

        if (d.Chance(0.5))
        {
            axis = Math.Min(1, shape.Length - 1);
        }

        d.Option($"{field} {{ axis: {axis} num_axes: {d.Of(1, 1, d.Int(0, shape.Length - axis), -1)} {options}}}");
    }

    private static void BN(LayerDraw d)
    {
        d.Any(2);
        d.Option(d.Chance(0.5)
            ? $"bn_param {{ slope_filler {{ value: 1.5 }} bias_filler {{ value: 0.25 }} momentum: "
                + $"{d.Number(0.5, 1)} {d.Maybe("frozen: true")}}}"
            : $"bn_param {{ scale_filler {{ value: 1.5 }} shift_filler {{ value: 0.25 }} "
                + $"{d.Maybe("bn_mode: LEARN")}}}");
    }

    private static void BatchNorm(LayerDraw d)
    {
        d.Any();
        d.Option(d.Int(0, 4) switch
        {
            0 => $"batch_norm_param {{ use_global_stats: {d.Bool()} eps: {d.Of("1e-5", "0.01")} }}",
            1 => $"batch_norm_param {{ moving_average_fraction: {d.Number(0, 1)} }}",
            2 => "batch_norm_param { scale_bias: true scale_filler { value: 0.7 } bias_filler { value: 0.1 } }",
            _ => "",
        });
    }

    private static void ContinuationIndicator(LayerDraw d)
    {
        if (d.Chance(0.5))
        {
            d.Any();
            d.Option($"continuation_indicator_param {{ time_step: {d.Int(1, 4)} }}");
            return;
        }

        d.Option($"continuation_indicator_param {{ time_step: {d.Int(1, 4)} batch_size: {d.Int(1, 4)} }}");
    }

    private static void Embed(LayerDraw d)
    {
        int inputs = d.Int(1, 6);
        d.New(d.Shape(d.Int(1, 3)), BottomFill.Below(inputs));
        d.Option($"embed_param {{ num_output: {d.Int(1, 6)} input_dim: {inputs} "
            + $"{d.Filler()}{d.Maybe("bias_term: false")}}}");
    }

    private static void Product(LayerDraw d, string field, string options)
    {
        int[] shape = d.Any();
        int axis = d.Chance(0.8) ? Math.Min(1, shape.Length - 1) : d.Axis(shape);
        d.Option($"{field} {{ num_output: {d.Of(1, d.Int(2, 8), d.Int(9, 40))} axis: {axis} {options}}}");
    }

    private static void Recurrent(LayerDraw d, int states)
    {
        int[] shape = d.Take(
            s => s.Length >= 3 && BottomFill.Count(s) > 0,
            () => [d.Int(1, 4), d.Int(1, 3), d.Int(1, 5)],
            null);
        d.New(shape[..2], BottomFill.Markers);
        if (d.Chance(0.3))
        {
            d.Like([shape[1], d.Int(1, 4)]);
        }

        int outputs = d.Int(1, 5);
        bool exposes = d.Chance(0.25);
        for (int i = 0; i < states && exposes; i++)
        {
            d.Like([1, shape[1], outputs]);
        }

        d.Tops = exposes ? 1 + states : 1;
        d.Option($"recurrent_param {{ num_output: {outputs} {d.Filler()}{d.Filler("bias_filler")}"
            + $"{(exposes ? "expose_hidden: true " : "")}}}");
    }

    private static void LSTMUnit(LayerDraw d)
    {
        int items = d.Int(1, 4), size = d.Int(1, 5);
        d.Like([1, items, size]);
        d.Like([1, items, 4 * size]);
        d.New([1, items], BottomFill.Markers);
        d.Tops = 2;
    }

    private static void Lstm(LayerDraw d)
    {
        int[] shape = d.Any(3, 4);
        if (d.Chance(0.5))
        {
            d.New(shape[..2], BottomFill.Markers);
        }

        d.Option($"lstm_param {{ num_output: {d.Int(1, 5)} {d.Filler()}{d.Filler("bias_filler")}"
            + $"{d.Maybe($"clipping_threshold: {d.Number(0, 1)}")}}}");
    }

    private static void MarginInnerProduct(LayerDraw d)
    {
        int[] shape = d.Any(2);
        int classes = d.Int(1, 6);
        d.New(shape[..1], BottomFill.Below(classes));
        d.Tops = d.Int(1, 2);
        d.Option($"margin_inner_product_param {{ num_output: {classes} {d.Filler()}"
            + $"type: {d.Of("SINGLE", "DOUBLE", "TRIPLE", "QUADRUPLE")} base: {d.Int(1, 100)} gamma: {d.Number(0, 1)} "
            + $"lambda_min: {d.Int(0, 5)} }}");
    }
}
