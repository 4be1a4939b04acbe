namespace Cnn.Campaigns.Nets.Recipes;

/// <summary>Layers without weights that combine blobs or reduce them.</summary>
internal static class ArithmeticRecipes
{
    public static IReadOnlyDictionary<string, Action<LayerDraw>> All { get; } = new Dictionary<string,
        Action<LayerDraw>>
    {
        ["Add"] = Pair,
        ["ArgMax"] = ArgMax,
        ["Axpy"] = Axpy,
        ["ChannelScale"] = ChannelScale,
        ["Eltwise"] = Eltwise,
        ["LRN"] = LRN,
        ["MVN"] = d => Over(
            d,
            $"mvn_param {{ normalize_variance: {d.Bool()} across_channels: {d.Bool()} eps: {d.Of("1e-9", "0.01")} }}",
            2),
        ["Mul"] = Mul,
        ["Normalize"] = Normalize,
        ["Reduction"] = d => d.Option(
            $"reduction_param {{ axis: {d.Axis(d.Any())} operation: {d.Of("SUM", "ASUM", "SUMSQ", "MEAN")} "
            + $"coeff: {d.Number(-1, 1)} }}"),
        ["Softmax"] = d => d.Option($"softmax_param {{ axis: {d.Axis(d.Any())} }}"),
    };

    private static void Over(LayerDraw d, string options, int axes)
    {
        d.Any(axes, 4);
        d.Option(options);
    }

    private static void Pair(LayerDraw d)
    {
        int[] shape = d.Any();
        d.Like(d.Chance(0.6) ? shape : shape[d.Int(0, shape.Length - 1)..]);
    }

    private static void ArgMax(LayerDraw d)
    {
        int[] shape = d.Any(2);
        bool hasAxis = d.Chance(0.5);
        int axis = d.Int(0, shape.Length - 1);
        int classes = hasAxis ? shape[axis] : BottomFill.Count(shape[1..]);
        d.Option($"argmax_param {{ out_max_val: {d.Bool()} top_k: {d.Int(1, Math.Max(1, Math.Min(3, classes)))} "
            + $"{(hasAxis ? $"axis: {axis} " : "")}}}");
    }

    private static void Axpy(LayerDraw d)
    {
        int[] image = d.Shape(4);
        d.Like(d.Chance(0.5) ? image[..2] : [image[0], image[1], 1, 1]);
        d.Like(image);
        d.Like(image);
    }

    private static void ChannelScale(LayerDraw d)
    {
        int[] image = d.Image();
        d.Like([image[0], 1, image[2], image[3]]);
        d.Option(d.Chance(0.3)
            ? $"channel_scale_param {{ {d.Of("do_forward", "do_backward_feature", "do_backward_scale")}: false }}"
            : "");
    }

    private static void Eltwise(LayerDraw d)
    {
        int[] shape = d.Any();
        int count = d.Int(2, 3);
        for (int i = 1; i < count; i++)
        {
            d.Like(shape);
        }

        string operation = d.Of("SUM", "SUM", "PROD", "MAX", "DIV", "MIN");
        string factors = operation == "SUM" && d.Chance(0.4)
            ? string.Concat(Enumerable.Range(0, count).Select(_ => $"coeff: {d.Number(-1, 1)} "))
            : "";
        d.Option($"eltwise_param {{ operation: {operation} "
            + $"{factors}{(operation == "PROD" ? d.Maybe("stable_prod_grad: false") : "")}}}");
    }

    private static void LRN(LayerDraw d)
    {
        d.Image();
        d.Option($"lrn_param {{ local_size: {d.Of(1, 3, 5)} alpha: {d.Number(0.001, 1)} beta: "
            + $"{d.Of("0.5", "0.75", "1")} "
            + $"k: {d.Of("1", "2")} norm_region: {d.Of("ACROSS_CHANNELS", "WITHIN_CHANNEL")} }}");
    }

    private static void Mul(LayerDraw d)
    {
        if (d.Chance(0.6))
        {
            Pair(d);
            return;
        }

        int[] shape = d.Any();
        d.Option($"mul_param {{ {string.Concat(shape[^1..].Select(size => $"mul_shape: {size} "))}}}");
    }

    private static void Normalize(LayerDraw d)
    {
        d.Image();
        if (d.Chance(0.7))
        {
            d.Option($"norm_param {{ across_spatial: {d.Bool()} channel_shared: {d.Bool()} "
                + $"{d.Filler("scale_filler")}}}");
            return;
        }

        d.Option("normalize_param { bp_norm: true }");
        d.Tops = d.Int(1, 2);
    }
}
