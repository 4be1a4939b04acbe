using System.Runtime.Intrinsics;

namespace Cnn.Layers.Kernels.Update;

/// <summary>Momentum: <c>v = momentum * v + rate * g</c>, step <c>v</c>. The rate is inside the history.</summary>
/// <param name="Rate">The learning rate.</param>
/// <param name="Momentum">The share of the history that is kept.</param>
internal readonly record struct SgdStep(float Rate, float Momentum) : IUpdateOperation
{
    /// <inheritdoc/>
    public Vector512<float> Advance(
        Vector512<float> gradient, Vector512<float> weight, ref Vector512<float> first, ref Vector512<float> second)
    {
        first = (first * Momentum) + (gradient * Rate);
        return first;
    }
}
