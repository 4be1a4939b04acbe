using System.Runtime.Intrinsics;

namespace Cnn.Layers.Kernels.Update;

/// <summary>
/// Nesterov's momentum: <c>v' = momentum * v + rate * g</c>, step <c>(1 + momentum) * v' - momentum * v</c>.
/// </summary>
/// <param name="Rate">The learning rate.</param>
/// <param name="Momentum">The share of the history that is kept.</param>
internal readonly record struct NesterovStep(float Rate, float Momentum) : IUpdateOperation
{
    /// <inheritdoc/>
    public Vector512<float> Advance(
        Vector512<float> gradient, Vector512<float> weight, ref Vector512<float> first, ref Vector512<float> second)
    {
        Vector512<float> before = first;
        first = (first * Momentum) + (gradient * Rate);
        return (first * (1 + Momentum)) - (before * Momentum);
    }
}
