using System.Runtime.Intrinsics;

namespace Cnn.Layers.Kernels.Update;

/// <summary>
/// AdaDelta: <c>h = momentum * h + (1 - momentum) * g^2; t = g * sqrt((s + delta) / (h + delta));
/// s = momentum * s + (1 - momentum) * t^2</c>, step <c>rate * t</c>.
/// </summary>
/// <param name="Rate">The learning rate.</param>
/// <param name="Momentum">The share of both means that is kept.</param>
/// <param name="Delta">What keeps the denominator from 0.</param>
internal readonly record struct AdaDeltaStep(float Rate, float Momentum, float Delta) : IUpdateOperation
{
    /// <inheritdoc/>
    public Vector512<float> Advance(
        Vector512<float> gradient, Vector512<float> weight, ref Vector512<float> first, ref Vector512<float> second)
    {
        var delta = Vector512.Create(Delta);
        first = (first * Momentum) + (gradient * gradient * (1 - Momentum));
        Vector512<float> change = gradient * Vector512.Sqrt((second + delta) / (first + delta));
        second = (second * Momentum) + (change * change * (1 - Momentum));
        return change * Rate;
    }
}
