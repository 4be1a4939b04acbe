using System.Runtime.CompilerServices;
using Cnn.Layers.Kernels.Gemm;

namespace Cnn.Layers.Kernels.Convolution;

/// <summary>
/// Computes tiles of 6 taps by two vectors of outputs: twelve sums, fed by two vectors of gradients and, for each tap,
/// one value of the image. They fit the sixteen registers of 256-bit vectors, and are enough to hide the latency of a
/// multiply-add.
/// </summary>
internal static unsafe class DirectWeightGradientKernel
{
    /// <summary>Taps of a tile.</summary>
    public const int Taps = 6;

    /// <summary>
    /// Computes to[tap, output] += sum over pixels of taps[tap][pixel] gradients[pixel, output].
    /// </summary>
    /// <param name="taps">For each tap, the address of the value that it sees at the first pixel.</param>
    /// <param name="rowStep">Floats from one row of pixels to the next.</param>
    /// <param name="rows">Rows of pixels.</param>
    /// <param name="width">Pixels of a row, contiguous.</param>
    /// <param name="gradients">Two vectors of outputs per pixel.</param>
    /// <param name="to">Two vectors of outputs per tap.</param>
    public static void Run<TLanes, TVector>(
        float** taps, nint rowStep, int rows, int width, float* gradients, float* to)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        float* a = taps[0], b = taps[1], c = taps[2], d = taps[3], e = taps[4], f = taps[5];
        int w = TLanes.Width;
        TVector a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default;
        TVector d0 = default, d1 = default, e0 = default, e1 = default, f0 = default, f1 = default;
        nint at = 0;
        for (; rows > 0; rows--, at += rowStep - width)
        {
            for (nint end = at + width; at < end; at++, gradients += 2 * w)
            {
                TVector x = TLanes.Load(gradients), y = TLanes.Load(gradients + w);
                TVector v = TLanes.All(a[at]);
                (a0, a1) = (TLanes.MultiplyAdd(v, x, a0), TLanes.MultiplyAdd(v, y, a1));
                v = TLanes.All(b[at]);
                (b0, b1) = (TLanes.MultiplyAdd(v, x, b0), TLanes.MultiplyAdd(v, y, b1));
                v = TLanes.All(c[at]);
                (c0, c1) = (TLanes.MultiplyAdd(v, x, c0), TLanes.MultiplyAdd(v, y, c1));
                v = TLanes.All(d[at]);
                (d0, d1) = (TLanes.MultiplyAdd(v, x, d0), TLanes.MultiplyAdd(v, y, d1));
                v = TLanes.All(e[at]);
                (e0, e1) = (TLanes.MultiplyAdd(v, x, e0), TLanes.MultiplyAdd(v, y, e1));
                v = TLanes.All(f[at]);
                (f0, f1) = (TLanes.MultiplyAdd(v, x, f0), TLanes.MultiplyAdd(v, y, f1));
            }
        }

        // Each call adds up its own sums first, so that no sum is one long chain of roundings.
        AddTo<TLanes, TVector>(a0, a1, to);
        AddTo<TLanes, TVector>(b0, b1, to + (2 * w));
        AddTo<TLanes, TVector>(c0, c1, to + (4 * w));
        AddTo<TLanes, TVector>(d0, d1, to + (6 * w));
        AddTo<TLanes, TVector>(e0, e1, to + (8 * w));
        AddTo<TLanes, TVector>(f0, f1, to + (10 * w));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTo<TLanes, TVector>(TVector first, TVector second, float* to)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        TLanes.Store(TLanes.Add(TLanes.Load(to), first), to);
        TLanes.Store(TLanes.Add(TLanes.Load(to + TLanes.Width), second), to + TLanes.Width);
    }
}
