using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Activations;

/// <summary><c>y = 1</c> where <c>x > threshold</c>, else 0.</summary>
[Reference("Threshold")]
internal sealed class ThresholdReference : ActivationReference
{
    /// <inheritdoc/>
    protected override bool HasGradient => false;

    /// <inheritdoc/>
    protected override double Value(double x, LayerParameter layer) =>
        x > (layer.ThresholdParam ?? new ThresholdParameter()).Threshold ? 1 : 0;

    /// <inheritdoc/>
    protected override void SetOptions(PhiloxRandom random, LayerParameter layer) => random.Maybe(() =>
        layer.ThresholdParam = new ThresholdParameter { Threshold = random.Pick(0, 1, -1, 0.3f) });
}
