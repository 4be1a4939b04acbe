using System.Runtime.Intrinsics;

namespace Cnn.Layers.Kernels.Update;

/// <summary>
/// RMSProp: <c>h = decay * h + (1 - decay) * g^2</c>, step <c>rate * g / (sqrt(h) + delta)</c>.
/// </summary>
/// <param name="Rate">The learning rate.</param>
/// <param name="Decay">The share of the mean square that is kept.</param>
/// <param name="Delta">What keeps the denominator from 0.</param>
internal readonly record struct RmsPropStep(float Rate, float Decay, float Delta) : IUpdateOperation
{
    /// <inheritdoc/>
    public Vector512<float> Advance(
        Vector512<float> gradient, Vector512<float> weight, ref Vector512<float> first, ref Vector512<float> second)
    {
        first = (first * Decay) + (gradient * gradient * (1 - Decay));
        return gradient * Rate / (Vector512.Sqrt(first) + Vector512.Create(Delta));
    }
}
