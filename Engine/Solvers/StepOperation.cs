using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Update;

namespace Cnn.Engine.Solvers;

/// <summary>Passes a solver's step to the kernel, which does not depend on solvers.</summary>
internal readonly struct StepOperation<T>(T step) : IUpdateOperation
    where T : struct, IUpdateStep
{
    private readonly T step = step;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Advance(
        Vector512<float> gradient, Vector512<float> weight, ref Vector512<float> first, ref Vector512<float> second) =>
        step.Advance(gradient, weight, ref first, ref second);
}
