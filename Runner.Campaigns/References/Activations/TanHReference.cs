using Cnn.Proto;

namespace Cnn.Campaigns.References.Activations;

/// <summary><c>y = tanh(x)</c>.</summary>
[Reference("TanH")]
internal sealed class TanHReference : ActivationReference
{
    /// <inheritdoc/>
    protected override double Value(double x, LayerParameter layer) => Math.Tanh(x);
}
