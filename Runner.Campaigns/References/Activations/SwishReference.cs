using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Activations;

/// <summary><c>y = x sigmoid(beta x)</c>.</summary>
[Reference("Swish")]
internal sealed class SwishReference : ActivationReference
{
    /// <inheritdoc/>
    protected override double Value(double x, LayerParameter layer) =>
        x / (1 + Math.Exp(-(layer.SwishParam ?? new SwishParameter()).Beta * x));

    /// <inheritdoc/>
    protected override void SetOptions(PhiloxRandom random, LayerParameter layer) => random.Maybe(() =>
        layer.SwishParam = new SwishParameter { Beta = random.Pick(0, 0.5f, 1.7f, -0.8f) });
}
