using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Activations;

/// <summary><c>y = max(x, 0) + alpha (e^min(x, 0) - 1)</c>.</summary>
[Reference("ELU")]
internal sealed class ELUReference : ActivationReference
{
    /// <inheritdoc/>
    protected override double Value(double x, LayerParameter layer) =>
        Math.Max(x, 0) + (Alpha(layer) * (Math.Exp(Math.Min(x, 0)) - 1));

    /// <inheritdoc/>
    protected override void SetOptions(PhiloxRandom random, LayerParameter layer) =>
        random.Maybe(() => layer.EluParam = new ELUParameter { Alpha = random.Pick(0, 0.3f, 1, 2.5f, -0.7f) });

    /// <inheritdoc/>
    protected override bool WorksInPlace(LayerParameter layer) => Alpha(layer) >= 0;

    private static float Alpha(LayerParameter layer) => (layer.EluParam ?? new ELUParameter()).Alpha;
}
