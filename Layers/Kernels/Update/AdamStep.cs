using System.Runtime.Intrinsics;

namespace Cnn.Layers.Kernels.Update;

/// <summary>
/// Adam: <c>m = momentum * m + (1 - momentum) * g; v = momentum2 * v + (1 - momentum2) * g^2</c>, step
/// <c>rate * m / (sqrt(v) + delta) + shrink * w</c>.
/// </summary>
/// <param name="Rate">The learning rate with the correction of both means for their start at 0.</param>
/// <param name="Momentum">The share of the mean gradient that is kept.</param>
/// <param name="Momentum2">The share of the mean square that is kept.</param>
/// <param name="Delta">What keeps the denominator from 0.</param>
/// <param name="Shrink">The share of the weight that a decoupled decay takes away; 0 for plain Adam.</param>
internal readonly record struct AdamStep(float Rate, float Momentum, float Momentum2, float Delta, float Shrink) : IUpdateOperation
{
    /// <inheritdoc/>
    public Vector512<float> Advance(
        Vector512<float> gradient, Vector512<float> weight, ref Vector512<float> first, ref Vector512<float> second)
    {
        first = (first * Momentum) + (gradient * (1 - Momentum));
        second = (second * Momentum2) + (gradient * gradient * (1 - Momentum2));
        return (first * Rate / (Vector512.Sqrt(second) + Vector512.Create(Delta))) + (weight * Shrink);
    }
}
