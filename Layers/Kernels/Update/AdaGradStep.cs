using System.Runtime.Intrinsics;

namespace Cnn.Layers.Kernels.Update;

/// <summary>AdaGrad: <c>h += g^2</c>, step <c>rate * g / (sqrt(h) + delta)</c>.</summary>
/// <param name="Rate">The learning rate.</param>
/// <param name="Delta">What keeps the denominator from 0.</param>
internal readonly record struct AdaGradStep(float Rate, float Delta) : IUpdateOperation
{
    /// <inheritdoc/>
    public Vector512<float> Advance(
        Vector512<float> gradient, Vector512<float> weight, ref Vector512<float> first, ref Vector512<float> second)
    {
        first += gradient * gradient;
        return gradient * Rate / (Vector512.Sqrt(first) + Vector512.Create(Delta));
    }
}
