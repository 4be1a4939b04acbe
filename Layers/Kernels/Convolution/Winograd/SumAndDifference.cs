using System.Runtime.CompilerServices;
using Cnn.Layers.Kernels.Gemm;

namespace Cnn.Layers.Kernels.Convolution.Winograd;

/// <summary>Combines the even and odd powers of a polynomial to its values at a point and at its opposite.</summary>
internal static unsafe class SumAndDifference
{
    /// <summary>Stores a + b and a - b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TLanes, TVector>(TVector a, TVector b, float* sum, float* difference)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        TLanes.Store(TLanes.Add(a, b), sum);
        TLanes.Store(TLanes.Subtract(a, b), difference);
    }
}
