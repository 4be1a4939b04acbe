using Cnn.Proto;

namespace Cnn.Campaigns.References.Activations;

/// <summary><c>y = |x|</c>.</summary>
[Reference("AbsVal")]
internal sealed class AbsValReference : ActivationReference
{
    /// <inheritdoc/>
    protected override double Value(double x, LayerParameter layer) => x < 0 ? -x : x;

    /// <inheritdoc/>
    protected override bool WorksInPlace(LayerParameter layer) => false;
}
