using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Activations;

/// <summary><c>y = min(max(alpha x + beta, 0), 1)</c>.</summary>
[Reference("HardSigmoid")]
internal sealed class HardSigmoidReference : ActivationReference
{
    /// <inheritdoc/>
    protected override double Value(double x, LayerParameter layer)
    {
        HardSigmoidParameter options = layer.HardSigmoidParam ?? new HardSigmoidParameter();
        return Math.Min(Math.Max((options.Alpha * x) + options.Beta, 0), 1);
    }

    /// <inheritdoc/>
    protected override void SetOptions(PhiloxRandom random, LayerParameter layer) => random.Maybe(() =>
    {
        layer.HardSigmoidParam = new HardSigmoidParameter();
        random.Maybe(() => layer.HardSigmoidParam.Alpha = random.Pick(0.1f, 0.7f, -0.4f, 2));
        random.Maybe(() => layer.HardSigmoidParam.Beta = random.Pick(0, 0.3f, 0.9f));
    });
}
