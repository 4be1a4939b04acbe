using System.Runtime.Intrinsics;

namespace Cnn.Layers.Kernels.Update;

/// <summary>
/// An update rule: turns gradients into steps, 16 parameters at a time, each independently of the others.
/// </summary>
internal interface IUpdateOperation
{
    /// <summary>Returns the step, which is subtracted from the weight.</summary>
    /// <param name="gradient">The gradient, scaled and with its decay.</param>
    /// <param name="weight">The value before the update.</param>
    /// <param name="first">The rule's history; updated.</param>
    /// <param name="second">The second history, which some rules have; updated.</param>
    Vector512<float> Advance(
        Vector512<float> gradient, Vector512<float> weight, ref Vector512<float> first, ref Vector512<float> second);
}
