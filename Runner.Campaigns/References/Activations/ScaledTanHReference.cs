using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Activations;

/// <summary><c>y = amplitude tanh(slope x)</c>.</summary>
[Reference("ScaledTanH")]
internal sealed class ScaledTanHReference : ActivationReference
{
    /// <inheritdoc/>
    protected override double Value(double x, LayerParameter layer)
    {
        ScaledTanHParameter options = layer.ScaledTanhParam ?? new ScaledTanHParameter();
        return options.Amplitude * Math.Tanh(options.Slope * x);
    }

    /// <inheritdoc/>
    protected override void SetOptions(PhiloxRandom random, LayerParameter layer) => random.Maybe(() =>
    {
        layer.ScaledTanhParam = new ScaledTanHParameter();
        random.Maybe(() => layer.ScaledTanhParam.Amplitude = random.Pick(0.5f, 2, -1.5f));
        random.Maybe(() => layer.ScaledTanhParam.Slope = random.Pick(0.1f, 2, -0.5f));
    });
}
