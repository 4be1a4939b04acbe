using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Cnn.Layers.Kernels.Normalization;

/// <summary>
/// <c>1 / sqrt(s)</c> where the machine has an estimate of it with 14 bits: one step of Newton's iteration makes it
/// good to the last two bits, in a fraction of the time that a root and a division take.
/// </summary>
internal static class ReciprocalRoot
{
    private const float Least = 1e-30f;
    private const float Most = 1e30f;

    /// <summary>Whether this machine has the estimate.</summary>
    public static bool HasEstimate
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => VectorUnit.Path == VectorPath.Avx512;
    }

    /// <summary>
    /// All bits set where a value is of a size that the iteration can take: neither 0, negative, infinite nor NaN.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> IsUsable(Vector512<float> s)
    {
        // The bits of positive floats are in their order, and those of all others lie above them.
        uint least = BitConverter.SingleToUInt32Bits(Least), range = BitConverter.SingleToUInt32Bits(Most) - least;
        return Vector512.LessThanOrEqual(s.AsUInt32() - Vector512.Create(least), Vector512.Create(range)).AsSingle();
    }

    /// <summary>
    /// The reciprocal root where <see cref="IsUsable"/> says so, any number elsewhere; only on a machine that
    /// <see cref="HasEstimate"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Estimate(Vector512<float> s)
    {
        Vector512<float> root = Avx512F.ReciprocalSqrt14(s), half = Vector512.Create(0.5f);
        Vector512<float> lack = Vector512.MultiplyAddEstimate(-(s * half * root), root, half);
        return Vector512.MultiplyAddEstimate(root, lack, root);
    }
}
