using Cnn.Proto;

namespace Cnn.Campaigns.References.Activations;

/// <summary><c>y = x tanh(ln(1 + e^x))</c>.</summary>
[Reference("Mish")]
internal sealed class MishReference : ActivationReference
{
    /// <inheritdoc/>
    protected override double Value(double x, LayerParameter layer) =>
        x * Math.Tanh(x > 0 ? x + Math.Log(1 + Math.Exp(-x)) : Math.Log(1 + Math.Exp(x)));
}
