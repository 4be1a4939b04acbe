using System.Runtime.Intrinsics;

namespace Cnn.Engine.Solvers;

/// <summary>
/// The arithmetic of an update rule: turns gradients into steps, 16 parameters at a time, each independent of the
/// others. It is a struct, so that the compiler specialises the loop for it.
/// </summary>
public interface IUpdateStep
{
    /// <summary>Computes the step, which is then subtracted from the weight.</summary>
    /// <param name="gradient">The gradient, scaled, with weight decay added.</param>
    /// <param name="weight">The value before the update.</param>
    /// <param name="first">The parameter's first history, changed in place; 0 where the rule keeps none.</param>
    /// <param name="second">The parameter's second history, changed in place; 0 where the rule keeps none.</param>
    Vector512<float> Advance(
        Vector512<float> gradient, Vector512<float> weight, ref Vector512<float> first, ref Vector512<float> second);
}
