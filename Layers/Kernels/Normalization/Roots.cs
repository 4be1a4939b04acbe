using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Cnn.Layers.Kernels.Normalization;

/// <summary>
/// Roots that a division and a square root, one after the other in one slow unit, would take too long for.
/// </summary>
internal static class Roots
{
    /// <summary>
    /// <c>1 / sqrt(s)</c> within two roundings: where there is an estimate of 14 bits, that and a step of Newton's,
    /// <c>r (3 - s r^2) / 2</c>, which doubles them. Infinity counts as the largest number.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Inverse(Vector512<float> s)
    {
        if (VectorUnit.Path != VectorPath.Avx512)
        {
            return Vector512<float>.One / Vector512.Sqrt(s);
        }

        s = Vector512.Min(s, Vector512.Create(float.MaxValue));
        Vector512<float> r = Avx512F.ReciprocalSqrt14(s), half = Vector512.Create(0.5f) * r;
        Vector512<float> wrong = Vector512.FusedMultiplyAdd(s * r, -r, Vector512<float>.One);
        return Vector512.FusedMultiplyAdd(half, wrong, r);
    }
}
