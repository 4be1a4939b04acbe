using System.Runtime.Intrinsics;

namespace Cnn.Layers.Kernels.Update;

/// <summary>
/// The preparation of a gradient, the same for every update rule: scales it (clipping and iter_size), then adds the
/// weight decay.
/// </summary>
/// <param name="Rate">Learning rate times the parameter's multiplier.</param>
/// <param name="Scale">Factor of the accumulated gradient: 1/iter_size times the clipping factor.</param>
/// <param name="Decay">Weight decay times the parameter's multiplier.</param>
/// <param name="IsL1">Whether the decay is that of the L1 norm (sign of the weight) rather than of the L2 norm.</param>
/// <param name="KeepsStep">
/// Whether the step overwrites the gradient, so that it can be inspected, at the cost of writing it.
/// </param>
internal readonly record struct GradientStep(float Rate, float Scale, float Decay, bool IsL1, bool KeepsStep = true)
{
    /// <summary>
    /// Returns the scaled gradients with decay: <c>scale * g + decay * w</c>, or <c>+ decay * sign(w)</c> for L1.
    /// </summary>
    public Vector512<float> Gradient(Vector512<float> diff, Vector512<float> weight)
    {
        Vector512<float> direction = weight;
        if (IsL1)
        {
            Vector512<float> one = Vector512<float>.One, zero = Vector512<float>.Zero;
            direction = Vector512.ConditionalSelect(
                Vector512.GreaterThan(weight, zero),
                one,
                Vector512.ConditionalSelect(Vector512.LessThan(weight, zero), -one, zero));
        }

        return (diff * Scale) + (direction * Decay);
    }
}
