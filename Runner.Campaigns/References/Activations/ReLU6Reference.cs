using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Activations;

/// <summary><c>y = min(max(x, 0) + negative_slope min(x, 0), 6)</c>.</summary>
[Reference("ReLU6")]
internal sealed class ReLU6Reference : ActivationReference
{
    /// <inheritdoc/>
    protected override double Value(double x, LayerParameter layer) =>
        Math.Min(Math.Max(x, 0) + (Slope(layer) * Math.Min(x, 0)), 6);

    /// <inheritdoc/>
    protected override void SetOptions(PhiloxRandom random, LayerParameter layer) => random.Maybe(() =>
        layer.Relu6Param = new ReLU6Parameter { NegativeSlope = random.Pick(0, 0.1f, 0.5f) });

    /// <inheritdoc/>
    protected override Filling Fill(PhiloxRandom random, LayerParameter layer) => random.Chance(0.5)
        ? Fillings.Uniform(-9, 9)
        : ActivationDraws.Fill(random);

    private static float Slope(LayerParameter layer) => (layer.Relu6Param ?? new ReLU6Parameter()).NegativeSlope;
}
