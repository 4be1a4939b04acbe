using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Cnn.Layers.Kernels.Gemm;

/// <summary>Masks that take the first elements of a vector: all bits set where an element is taken.</summary>
/// <remarks>A call, were it never made, would keep a loop's vectors out of registers; so these are always
/// inlined.</remarks>
internal static class VectorMask
{
    /// <summary>The first <paramref name="count"/> of 16; none when negative, all when more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> First512(int count) =>
        Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).AsSingle();

    /// <summary>The first <paramref name="count"/> of 8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> First256(int count) =>
        Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(count)).AsSingle();
}
