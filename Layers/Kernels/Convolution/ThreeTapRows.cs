using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Kernels.Gemm;

namespace Cnn.Layers.Kernels.Convolution;

/// <summary>
/// Four rows of a convolution of one plane with 3 x 3 taps and stride 1 or 2, sixteen columns at a time, read from the
/// plane as it is stored: lanes in the border are masked, rows in the border point to zeros. Each row is read once for
/// all of the results that see it, and the taps stay in registers.
/// </summary>
/// <typeparam name="TStride">The stride.</typeparam>
internal static unsafe class ThreeTapRows<TStride>
    where TStride : struct, IConstant
{
    /// <summary>Rows of the result that are computed together.</summary>
    public const int OutRows = 4;

    /// <summary>Rows of the image that they see.</summary>
    public static int InRows => ((OutRows - 1) * TStride.Value) + 3;

    /// <summary>Computes four rows of the result.</summary>
    /// <param name="rows">The <see cref="InRows"/> rows of the image that they see.</param>
    /// <param name="inWidth">Columns of the image.</param>
    /// <param name="pad">Zero columns on the left.</param>
    /// <param name="taps">The nine taps.</param>
    /// <param name="bias">The bias.</param>
    /// <param name="y">The first row of the result.</param>
    /// <param name="outWidth">Columns of the result, which are neighbours from one row to the next.</param>
    /// <param name="outRows">Rows to store, up to four.</param>
    /// <param name="rectifier">The rectifier of the result; null for none.</param>
    public static void Forward(
        float** rows, int inWidth, int pad, float* taps, float bias, float* y, int outWidth, int outRows,
        Rectifier? rectifier)
    {
        int first = InnerBegin(pad), end = InnerEnd(inWidth, pad, outWidth);
        if (first >= end)
        {
            Forward<One>(rows, inWidth, pad, taps, bias, y, outWidth, outRows, rectifier, 0, outWidth);
            return;
        }

        Forward<One>(rows, inWidth, pad, taps, bias, y, outWidth, outRows, rectifier, 0, first);
        Forward<Zero>(rows, inWidth, pad, taps, bias, y, outWidth, outRows, rectifier, first, end);
        Forward<One>(rows, inWidth, pad, taps, bias, y, outWidth, outRows, rectifier, end, outWidth);
    }

    /// <summary>Adds the products of four rows of the image's windows and of the result's gradient.</summary>
    /// <param name="rows">The <see cref="InRows"/> rows of the image that they see.</param>
    /// <param name="inWidth">Columns of the image.</param>
    /// <param name="pad">Zero columns on the left.</param>
    /// <param name="dy">The four rows of the gradient.</param>
    /// <param name="outWidth">Columns of the result.</param>
    /// <param name="sums">Sixteen partial sums of each tap, and of the bias; added to.</param>
    public static void WeightGradient(
        float** rows, int inWidth, int pad, float** dy, int outWidth, Vector512<float>* sums)
    {
        int first = InnerBegin(pad), end = InnerEnd(inWidth, pad, outWidth);
        if (first >= end)
        {
            WeightGradient<One>(rows, inWidth, pad, dy, outWidth, sums, 0, outWidth);
            return;
        }

        WeightGradient<One>(rows, inWidth, pad, dy, outWidth, sums, 0, first);
        WeightGradient<Zero>(rows, inWidth, pad, dy, outWidth, sums, first, end);
        WeightGradient<One>(rows, inWidth, pad, dy, outWidth, sums, end, outWidth);
    }

    /// <summary>Computes two rows of the gradient of an image, with stride 2.</summary>
    /// <remarks>
    /// With u and v counted from the padding's corner, an even row u = 2m sees row m of the result's gradient under the
    /// first row of taps and row m - 1 under the third; an odd row sees row m under the second. Columns likewise.
    /// </remarks>
    /// <param name="dy">Row m of the result's gradient.</param>
    /// <param name="before">Row m - 1.</param>
    /// <param name="outWidth">Columns of the result.</param>
    /// <param name="taps">The nine taps.</param>
    /// <param name="even">Row 2m of the image's gradient; null if it is in the padding.</param>
    /// <param name="odd">Row 2m + 1 of the image's gradient; null if it is in the padding.</param>
    /// <param name="inWidth">Columns of the image.</param>
    /// <param name="pad">Zero columns on the left.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void InputGradient(
        float* dy, float* before, int outWidth, float* taps, float* even, float* odd, int inWidth, int pad)
    {
        Vector512<float> w0 = Vector512.Create(taps[0]), w1 = Vector512.Create(taps[1]);
        Vector512<float> w2 = Vector512.Create(taps[2]), w3 = Vector512.Create(taps[3]);
        Vector512<float> w4 = Vector512.Create(taps[4]), w5 = Vector512.Create(taps[5]);
        Vector512<float> w6 = Vector512.Create(taps[6]), w7 = Vector512.Create(taps[7]);
        Vector512<float> w8 = Vector512.Create(taps[8]);
        for (int j = 0; (2 * j) - pad < inWidth; j += Lanes.Width)
        {
            Vector512<float> here = Lanes.Inside(j, outWidth), left = Lanes.Inside(j - 1, outWidth);
            Vector512<float> a = Lanes.Load(dy + j, here), b = Lanes.Load(dy + j - 1, left);
            int column = (2 * j) - pad;
            Vector512<float> first = Lanes.Inside(column, inWidth);
            Vector512<float> second = Lanes.Inside(column + Lanes.Width, inWidth);
            if (even != null)
            {
                Vector512<float> c = Lanes.Load(before + j, here), d = Lanes.Load(before + j - 1, left);
                var (low, high) = Lanes.Interleave(
                    Add(a * w0, b, c, d, w2, w6, w8), Vector512.MultiplyAddEstimate(c, w7, a * w1));
                Lanes.Store(low, even + column, first);
                Lanes.Store(high, even + column + Lanes.Width, second);
            }

            if (odd != null)
            {
                var (low, high) = Lanes.Interleave(Vector512.MultiplyAddEstimate(b, w5, a * w3), a * w4);
                Lanes.Store(low, odd + column, first);
                Lanes.Store(high, odd + column + Lanes.Width, second);
            }
        }
    }

    // From here on, in steps of a vector, all lanes of a window are within the image.
    private static int InnerBegin(int pad) => pad > 0 ? Lanes.Width : 0;

    private static int InnerEnd(int inWidth, int pad, int outWidth)
    {
        // The last column that a vector of results reads, with a stride in pairs of vectors.
        int reach = (Lanes.Width * TStride.Value) + 2 - pad, begin = InnerBegin(pad);
        int vectors = 0;
        for (int at = begin; at + Lanes.Width <= outWidth && (at * TStride.Value) + reach <= inWidth; at += Lanes.Width)
        {
            vectors++;
        }

        return begin + (vectors * Lanes.Width);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Forward<TEdge>(
        float** rows, int inWidth, int pad, float* taps, float bias, float* y, int outWidth, int outRows,
        Rectifier? rectifier,
        int from, int to)
        where TEdge : struct, IConstant
    {
        Vector512<float> w0 = Vector512.Create(taps[0]), w1 = Vector512.Create(taps[1]);
        Vector512<float> w2 = Vector512.Create(taps[2]), w3 = Vector512.Create(taps[3]);
        Vector512<float> w4 = Vector512.Create(taps[4]), w5 = Vector512.Create(taps[5]);
        Vector512<float> w6 = Vector512.Create(taps[6]), w7 = Vector512.Create(taps[7]);
        Vector512<float> w8 = Vector512.Create(taps[8]);
        for (int j = from; j < to; j += Lanes.Width)
        {
            int column = (j * TStride.Value) - pad;
            var window = new Window<TEdge>(column, inWidth);
            Vector512<float> y0 = Vector512.Create(bias), y1 = y0, y2 = y0, y3 = y0;
            if (TStride.Value == 1)
            {
                window.Load(rows[0] + column, out var a, out var b, out var c);
                y0 = Add(y0, a, b, c, w0, w1, w2);
                window.Load(rows[1] + column, out a, out b, out c);
                y0 = Add(y0, a, b, c, w3, w4, w5);
                y1 = Add(y1, a, b, c, w0, w1, w2);
                window.Load(rows[2] + column, out a, out b, out c);
                y0 = Add(y0, a, b, c, w6, w7, w8);
                y1 = Add(y1, a, b, c, w3, w4, w5);
                y2 = Add(y2, a, b, c, w0, w1, w2);
                window.Load(rows[3] + column, out a, out b, out c);
                y1 = Add(y1, a, b, c, w6, w7, w8);
                y2 = Add(y2, a, b, c, w3, w4, w5);
                y3 = Add(y3, a, b, c, w0, w1, w2);
                window.Load(rows[4] + column, out a, out b, out c);
                y2 = Add(y2, a, b, c, w6, w7, w8);
                y3 = Add(y3, a, b, c, w3, w4, w5);
                window.Load(rows[5] + column, out a, out b, out c);
                y3 = Add(y3, a, b, c, w6, w7, w8);
            }
            else
            {
                window.Load(rows[0] + column, out var a, out var b, out var c);
                y0 = Add(y0, a, b, c, w0, w1, w2);
                window.Load(rows[1] + column, out a, out b, out c);
                y0 = Add(y0, a, b, c, w3, w4, w5);
                window.Load(rows[2] + column, out a, out b, out c);
                y0 = Add(y0, a, b, c, w6, w7, w8);
                y1 = Add(y1, a, b, c, w0, w1, w2);
                window.Load(rows[3] + column, out a, out b, out c);
                y1 = Add(y1, a, b, c, w3, w4, w5);
                window.Load(rows[4] + column, out a, out b, out c);
                y1 = Add(y1, a, b, c, w6, w7, w8);
                y2 = Add(y2, a, b, c, w0, w1, w2);
                window.Load(rows[5] + column, out a, out b, out c);
                y2 = Add(y2, a, b, c, w3, w4, w5);
                window.Load(rows[6] + column, out a, out b, out c);
                y2 = Add(y2, a, b, c, w6, w7, w8);
                y3 = Add(y3, a, b, c, w0, w1, w2);
                window.Load(rows[7] + column, out a, out b, out c);
                y3 = Add(y3, a, b, c, w3, w4, w5);
                window.Load(rows[8] + column, out a, out b, out c);
                y3 = Add(y3, a, b, c, w6, w7, w8);
            }

            if (rectifier is { } r)
            {
                Vector512<float> slope = Vector512.Create(r.Slope), ceiling = Vector512.Create(r.Ceiling);
                (y0, y1) = (Rectify.Of(y0, slope, ceiling), Rectify.Of(y1, slope, ceiling));
                (y2, y3) = (Rectify.Of(y2, slope, ceiling), Rectify.Of(y3, slope, ceiling));
            }

            Vector512<float> inside = TEdge.Value == 0 ? default : Lanes.Inside(j, outWidth);
            float* result = y + j;
            Window<TEdge>.Store(y0, result, inside);
            if (outRows > 1)
            {
                Window<TEdge>.Store(y1, result + outWidth, inside);
            }

            if (outRows > 2)
            {
                Window<TEdge>.Store(y2, result + (2 * outWidth), inside);
            }

            if (outRows > 3)
            {
                Window<TEdge>.Store(y3, result + (3 * outWidth), inside);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WeightGradient<TEdge>(
        float** rows, int inWidth, int pad, float** dy, int outWidth, Vector512<float>* sums, int from, int to)
        where TEdge : struct, IConstant
    {
        Vector512<float> s0 = sums[0], s1 = sums[1], s2 = sums[2], s3 = sums[3], s4 = sums[4], s5 = sums[5];
        Vector512<float> s6 = sums[6], s7 = sums[7], s8 = sums[8], ofBias = sums[9];
        for (int j = from; j < to; j += Lanes.Width)
        {
            int column = (j * TStride.Value) - pad;
            Vector512<float> inside = TEdge.Value == 0 ? default : Lanes.Inside(j, outWidth);
            var window = new Window<TEdge>(column, inWidth);
            for (int row = 0; row < OutRows; row++)
            {
                Vector512<float> d = Window<TEdge>.Load(dy[row] + j, inside);
                ofBias += d;
                float** seen = rows + (row * TStride.Value);
                window.Load(seen[0] + column, out var a, out var b, out var c);
                s0 = Vector512.MultiplyAddEstimate(a, d, s0);
                s1 = Vector512.MultiplyAddEstimate(b, d, s1);
                s2 = Vector512.MultiplyAddEstimate(c, d, s2);
                window.Load(seen[1] + column, out a, out b, out c);
                s3 = Vector512.MultiplyAddEstimate(a, d, s3);
                s4 = Vector512.MultiplyAddEstimate(b, d, s4);
                s5 = Vector512.MultiplyAddEstimate(c, d, s5);
                window.Load(seen[2] + column, out a, out b, out c);
                s6 = Vector512.MultiplyAddEstimate(a, d, s6);
                s7 = Vector512.MultiplyAddEstimate(b, d, s7);
                s8 = Vector512.MultiplyAddEstimate(c, d, s8);
            }
        }

        (sums[0], sums[1], sums[2], sums[3], sums[4]) = (s0, s1, s2, s3, s4);
        (sums[5], sums[6], sums[7], sums[8], sums[9]) = (s5, s6, s7, s8, ofBias);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Add(
        Vector512<float> sum, Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> ofA,
        Vector512<float> ofB, Vector512<float> ofC)
    {
        sum = Vector512.MultiplyAddEstimate(a, ofA, sum);
        sum = Vector512.MultiplyAddEstimate(b, ofB, sum);
        return Vector512.MultiplyAddEstimate(c, ofC, sum);
    }

    /// <summary>
    /// Loads what sixteen results see of a row: the values under the first, second and third tap. With a stride of 2
    /// the values are every second one of two vectors.
    /// </summary>
    private readonly struct Window<TEdge>
        where TEdge : struct, IConstant
    {
        private readonly Vector512<float> first;
        private readonly Vector512<float> second;
        private readonly Vector512<float> third;
        private readonly Vector512<float> fourth;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Window(int column, int width)
        {
            if (TEdge.Value == 0)
            {
                (first, second, third, fourth) = (default, default, default, default);
            }
            else if (TStride.Value == 1)
            {
                (first, second) = (Lanes.Inside(column, width), Lanes.Inside(column + 1, width));
                (third, fourth) = (Lanes.Inside(column + 2, width), default);
            }
            else
            {
                (first, second) = (Lanes.Inside(column, width), Lanes.Inside(column + Lanes.Width, width));
                (third, fourth) = (Lanes.Inside(column + 2, width), Lanes.Inside(column + Lanes.Width + 2, width));
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Load(float* from, out Vector512<float> a, out Vector512<float> b, out Vector512<float> c)
        {
            if (TStride.Value == 1)
            {
                a = Load(from, first);
                b = Load(from + 1, second);
                c = Load(from + 2, third);
                return;
            }

            Vector512<float> low = Load(from, first), high = Load(from + Lanes.Width, second);
            (a, b) = (Lanes.Even(low, high), Lanes.Odd(low, high));
            c = Lanes.Even(Load(from + 2, third), Load(from + Lanes.Width + 2, fourth));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Load(float* from, Vector512<float> inside) =>
            TEdge.Value == 0 ? Vector512.Load(from) : Lanes.Load(from, inside);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store(Vector512<float> values, float* to, Vector512<float> inside)
        {
            if (TEdge.Value == 0)
            {
                values.Store(to);
            }
            else
            {
                Lanes.Store(values, to, inside);
            }
        }
    }
}
