using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Gemm;

namespace Cnn.Layers.Kernels.Normalization;

/// <summary><c>x</c> above 0, <c>slope x</c> elsewhere; adding 0 makes a negative zero a zero.</summary>
internal readonly struct Rectification(float slope) : IRectification
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Forward(Vector512<float> x) =>
        Lanes512.Rectify(x, Vector512.Create(slope));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Gradient(Vector512<float> x, Vector512<float> dy) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(x, Vector512<float>.Zero), dy, dy * slope);
}
