using Cnn.Proto;

namespace Cnn.Campaigns.References.Activations;

/// <summary><c>y = x min(max(x + 3, 0), 6) / 6</c>.</summary>
[Reference("HardSwish")]
internal sealed class HardSwishReference : ActivationReference
{
    /// <inheritdoc/>
    protected override double Value(double x, LayerParameter layer) => x * Math.Min(Math.Max(x + 3, 0), 6) / 6;
}
