namespace Cnn.Campaigns.Nets.Recipes;

/// <summary>Activations: one bottom of any shape.</summary>
internal static class ActivationRecipes
{
    public static IReadOnlyDictionary<string, Action<LayerDraw>> All { get; } = new Dictionary<string,
        Action<LayerDraw>>
    {
        ["AbsVal"] = d => d.Any(),
        ["BNLL"] = d => d.Any(),
        ["Clip"] = d => Unary(d, $"clip_param {{ min: {d.Number(-2, 0)} max: {d.Number(0, 2)} }}"),
        ["Dropout"] = d => Unary(
            d,
            $"dropout_param {{ dropout_ratio: {d.Of("0", "0.5", "0.9", d.Number(0, 1))} "
                + $"{d.Maybe("scale_train: false")}}}"),
        ["ELU"] = d => Unary(d, $"elu_param {{ alpha: {d.Number(-0.5, 2)} }}"),
        ["Exp"] = d => Unary(
            d, $"exp_param {{ base: {d.Of("-1", "2", "0.5")} scale: {d.Number(-0.5, 0.5)} shift: {d.Number(-1, 1)} }}"),
        ["HardSigmoid"] = d =>
            Unary(d, d.Maybe($"hard_sigmoid_param {{ alpha: {d.Number(0, 1)} beta: {d.Number(0, 1)} }}")),
        ["HardSwish"] = d => d.Any(),
        ["Log"] = Log,
        ["Maxout"] = Maxout,
        ["Mish"] = d => d.Any(),
        ["NoisyReLU"] = d => d.Any(),
        ["PReLU"] = d => Unary(d, $"prelu_param {{ {d.Filler("filler")}channel_shared: {d.Bool()} }}", 2),
        ["Power"] = Power,
        ["ReLU"] = ReLU,
        ["ReLU6"] = d => Unary(d, d.Maybe($"relu6_param {{ negative_slope: {d.Number(0, 0.5)} }}")),
        ["ScaledTanH"] = d =>
            Unary(d, d.Maybe($"scaled_tanh_param {{ amplitude: {d.Number(0, 2)} slope: {d.Number(-1, 1)} }}")),
        ["SeLU"] = d => Unary(d, d.Maybe($"selu_param {{ lambda: {d.Number(0.5, 2)} alpha: {d.Number(0.5, 2)} }}")),
        ["SeLUDropout"] = d => Unary(d, d.Maybe($"selu_dropout_param {{ dropout_ratio: {d.Number(0, 0.9)} }}")),
        ["SeLu"] = d => d.Any(),
        ["SeLuDropout"] = d => d.Any(),
        ["Sigmoid"] = d => d.Any(),
        ["Swish"] = d => Unary(d, d.Maybe($"swish_param {{ beta: {d.Number(-1, 2)} }}")),
        ["TanH"] = d => d.Any(),
        ["Threshold"] = d => Unary(d, d.Maybe($"threshold_param {{ threshold: {d.Number(-1, 1)} }}")),
    };

    private static void Unary(LayerDraw d, string options, int axes = 1)
    {
        d.Any(axes);
        d.Option(options);
    }

    private static void Log(LayerDraw d)
    {
        d.Any(fill: BottomFill.Positive);
        d.Option($"log_param {{ base: {d.Of("-1", "10", "2")} scale: {d.Number(0.1, 2)} shift: {d.Number(0, 1)} }}");
    }

    private static void Maxout(LayerDraw d)
    {
        int pieces = d.Int(1, 3);
        d.Take(s => s.Length > 1 && s[1] % pieces == 0, () => [d.Int(1, 3), pieces * d.Int(1, 4), d.Int(1, 5)], null);
        d.Option($"maxout_param {{ pieces: {pieces} }}");
    }

    private static void Power(LayerDraw d)
    {
        bool isPositive = d.Chance(0.5);
        d.Any(fill: isPositive ? BottomFill.Positive : null);
        string power = isPositive ? d.Number(-1, 3) : d.Of("0", "1", "2", "3");
        d.Option($"power_param {{ power: {power} scale: {d.Number(0.1, 2)} shift: {d.Number(0, 1)} }}");
    }

    private static void ReLU(LayerDraw d)
    {
        d.Any();
        d.Option(d.Int(0, 5) switch
        {
            0 => $"relu_param {{ negative_slope: {d.Number(-0.5, 1.5)} }}",
            1 => $"relu_param {{ relu6: true maximum: {d.Number(0.5, 6)} }}",
            _ => "",
        });
    }
}
