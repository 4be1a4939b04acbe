using Cnn.Proto;

namespace Cnn.Campaigns.References.Activations;

/// <summary><c>y = 1 / (1 + e^-x)</c>.</summary>
[Reference("Sigmoid")]
internal sealed class SigmoidReference : ActivationReference
{
    /// <inheritdoc/>
    protected override double Value(double x, LayerParameter layer) => 1 / (1 + Math.Exp(-x));
}
