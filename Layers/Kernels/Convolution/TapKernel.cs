using System.Runtime.CompilerServices;

namespace Cnn.Layers.Kernels;

/// <summary>
/// Tiles of 6 taps by two vectors of outputs: twelve sums, which two vectors of gradients and one value of the image a tap
/// feed. That fits the sixteen registers of 256-bit vectors, and is enough to hide what a multiply-add takes.
/// </summary>
internal static unsafe class TapKernel
{
    /// <summary>Taps of a tile.</summary>
    public const int Taps = 6;

    /// <summary>to[tap, output] += sum over pixels of taps[tap][pixel] gradients[pixel, output].</summary>
    /// <param name="taps">For each tap the value that it sees of the first pixel.</param>
    /// <param name="rowStep">Floats from one row of pixels to the next.</param>
    /// <param name="rows">Rows of pixels.</param>
    /// <param name="width">Pixels of a row, side by side.</param>
    /// <param name="gradients">Two vectors of outputs a pixel.</param>
    /// <param name="to">Two vectors of outputs a tap.</param>
    public static void Run<TLanes, TVector>(float** taps, nint rowStep, int rows, int width, float* gradients, float* to)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        float* a = taps[0], b = taps[1], c = taps[2], d = taps[3], e = taps[4], f = taps[5];
        int w = TLanes.Width;
        TVector a0 = TLanes.Load(to), a1 = TLanes.Load(to + w), b0 = TLanes.Load(to + (2 * w)), b1 = TLanes.Load(to + (3 * w));
        TVector c0 = TLanes.Load(to + (4 * w)), c1 = TLanes.Load(to + (5 * w)), d0 = TLanes.Load(to + (6 * w)), d1 = TLanes.Load(to + (7 * w));
        TVector e0 = TLanes.Load(to + (8 * w)), e1 = TLanes.Load(to + (9 * w)), f0 = TLanes.Load(to + (10 * w)), f1 = TLanes.Load(to + (11 * w));
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

        TLanes.Store(a0, to);
        TLanes.Store(a1, to + w);
        TLanes.Store(b0, to + (2 * w));
        TLanes.Store(b1, to + (3 * w));
        TLanes.Store(c0, to + (4 * w));
        TLanes.Store(c1, to + (5 * w));
        TLanes.Store(d0, to + (6 * w));
        TLanes.Store(d1, to + (7 * w));
        TLanes.Store(e0, to + (8 * w));
        TLanes.Store(e1, to + (9 * w));
        TLanes.Store(f0, to + (10 * w));
        TLanes.Store(f1, to + (11 * w));
    }
}
