using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Activations;

/// <summary><c>y = lambda x</c> above 0, else <c>lambda alpha (e^x - 1)</c>.</summary>
[Reference("SeLU", "SeLu")]
internal sealed class SeLUReference : ActivationReference
{
    private const double StandardLambda = 1.0507009873554805, StandardAlpha = 1.6732632423543772;

    /// <inheritdoc/>
    protected override double Value(double x, LayerParameter layer)
    {
        SeLUParameter options = layer.SeluParam ?? new SeLUParameter();
        double lambda = options.HasLambda ? options.Lambda : StandardLambda;
        double alpha = options.HasAlpha ? options.Alpha : StandardAlpha;
        return lambda * (x > 0 ? x : alpha * (Math.Exp(x) - 1));
    }

    /// <inheritdoc/>
    protected override void SetOptions(PhiloxRandom random, LayerParameter layer) => random.Maybe(() =>
    {
        layer.SeluParam = new SeLUParameter();
        random.Maybe(() => layer.SeluParam.Lambda = random.Between(0.3f, 2));
        random.Maybe(() => layer.SeluParam.Alpha = random.Between(0.3f, 2));
    });
}
