using System.Runtime.Intrinsics;

namespace Cnn.Layers.Kernels.Update;

/// <summary>How an update rule turns gradients into steps, 16 parameters at a time; each is computed alone.</summary>
internal interface IUpdateOperation
{
    /// <summary>The step, which is subtracted from the weight.</summary>
    /// <param name="gradient">The gradient, scaled and with its decay.</param>
    /// <param name="weight">The value before the update.</param>
    /// <param name="first">What the rule remembers; changed.</param>
    /// <param name="second">The second thing that some rules remember; changed.</param>
    Vector512<float> Advance(
        Vector512<float> gradient, Vector512<float> weight, ref Vector512<float> first, ref Vector512<float> second);
}
