using System.Runtime.Intrinsics;

namespace Cnn.Layers.Kernels.Update;

/// <summary>What every update rule does to a gradient first: scale it (clipping and iter_size), then add the decay.</summary>
/// <param name="Rate">Learning rate times the parameter's multiplier.</param>
/// <param name="Scale">Factor on the accumulated gradient: 1/iter_size, times the clipping factor.</param>
/// <param name="Decay">Weight decay times the parameter's multiplier.</param>
/// <param name="IsL1">Whether the decay is that of the L1 norm (sign of the weight) rather than of the L2 norm.</param>
/// <param name="KeepsStep">Whether the step is left where the gradient was, for who looks at it, at the cost of writing it.</param>
internal readonly record struct GradientStep(float Rate, float Scale, float Decay, bool IsL1, bool KeepsStep = true)
{
    /// <summary>The gradients to use: <c>scale * g + decay * w</c>, or <c>+ decay * sign(w)</c>.</summary>
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
