using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Cnn.Fillers;

/// <summary>
/// Computes <see cref="PhiloxRandom.Block"/> for sixteen consecutive counter values at once, one per lane.
/// </summary>
public static class PhiloxLanes
{
    /// <summary>Computes the four words of blocks <paramref name="counterLow"/> to counterLow + 15.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<uint> A, Vector512<uint> B, Vector512<uint> C, Vector512<uint> D) Blocks(
        ulong key, ulong counterLow, ulong counterHigh)
    {
        uint k0 = (uint)key, k1 = (uint)(key >> 32);
        Vector512<uint> c0 = Vector512.Create((uint)counterLow) + Vector512<uint>.Indices;

        // The upper half of the counter is one more in the lanes where the lower half has wrapped around.
        Vector512<uint> c1 = Vector512.Create((uint)(counterLow >> 32))
            - Vector512.LessThan(c0, Vector512.Create((uint)counterLow));
        Vector512<uint> c2 = Vector512.Create((uint)counterHigh), c3 = Vector512.Create((uint)(counterHigh >> 32));
        for (int round = 0; round < 10; round++)
        {
            var (high0, low0) = Multiply(c0, PhiloxRandom.Multiplier0);
            var (high1, low1) = Multiply(c2, PhiloxRandom.Multiplier1);
            (c0, c1, c2, c3) = (high1 ^ c1 ^ Vector512.Create(k0), low1, high0 ^ c3 ^ Vector512.Create(k1), low0);
            k0 += PhiloxRandom.Weyl0;
            k1 += PhiloxRandom.Weyl1;
        }

        return (c0, c1, c2, c3);
    }

    // The halves of the 64-bit products.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<uint> High, Vector512<uint> Low) Multiply(Vector512<uint> x, uint factor)
    {
        Vector512<uint> by = Vector512.Create(factor);
        Vector512<ulong> even = MultiplyEven(x, by), odd = MultiplyEven((x.AsUInt64() >> 32).AsUInt32(), by);
        Vector512<ulong> lower = Vector512.Create(0xFFFFFFFFUL);
        return ((even >> 32 | (odd & ~lower)).AsUInt32(), ((even & lower) | odd << 32).AsUInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> MultiplyEven(Vector512<uint> x, Vector512<uint> by)
    {
        if (Avx512F.IsSupported)
        {
            return Avx512F.Multiply(x, by);
        }

        return Avx2.IsSupported
            ? Vector512.Create(Avx2.Multiply(x.GetLower(), by.GetLower()), Avx2.Multiply(x.GetUpper(), by.GetUpper()))
            : (x.AsUInt64() & Vector512.Create(0xFFFFFFFFUL)) * (by.AsUInt64() & Vector512.Create(0xFFFFFFFFUL));
    }
}
