using Cnn.Proto;

namespace Cnn.Campaigns.References.Activations;

/// <summary><c>y = log(1 + e^x)</c>.</summary>
[Reference("BNLL")]
internal sealed class BNLLReference : ActivationReference
{
    /// <inheritdoc/>
    protected override double Value(double x, LayerParameter layer) => x > 0
        ? x + Math.Log(1 + Math.Exp(-x))
        : Math.Log(1 + Math.Exp(x));
}
