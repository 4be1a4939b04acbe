using System.Runtime.CompilerServices;
using Cnn.Layers.Kernels.Gemm;

namespace Cnn.Layers.Kernels.Convolution.Winograd;

/// <summary>Loads the gradients of a tile's four results along an axis.</summary>
internal static unsafe class FourValues
{
    /// <summary>Loads from four rows that end after <paramref name="count"/> values; the other lanes are 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load<TLanes, TVector>(
        float** rows, nint offset, int count, out TVector a, out TVector b, out TVector c, out TVector d)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        a = TLanes.Load(rows[0] + offset, count);
        b = TLanes.Load(rows[1] + offset, count);
        c = TLanes.Load(rows[2] + offset, count);
        d = TLanes.Load(rows[3] + offset, count);
    }

    /// <summary>Loads from four rows that are <paramref name="step"/> floats apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load<TLanes, TVector>(
        float* from, nint step, out TVector a, out TVector b, out TVector c, out TVector d)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        a = TLanes.Load(from);
        b = TLanes.Load(from + step);
        c = TLanes.Load(from + (2 * step));
        d = TLanes.Load(from + (3 * step));
    }
}
