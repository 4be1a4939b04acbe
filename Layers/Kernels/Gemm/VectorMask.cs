using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Cnn.Layers.Kernels.Gemm;

/// <summary>Masks that select the first elements of a vector: all bits of a selected element are set.</summary>
/// <remarks>
/// A call in a loop, even one that never runs, would keep the loop's vectors out of registers, so these methods are
/// always inlined.
/// </remarks>
internal static class VectorMask
{
    /// <summary>
    /// Selects the first <paramref name="count"/> of 16 elements; none if negative, all if above 16.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> First512(int count) =>
        Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).AsSingle();

    /// <summary>
    /// Selects the first <paramref name="count"/> of 8 elements; none if negative, all if above 8.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> First256(int count) =>
        Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(count)).AsSingle();
}
