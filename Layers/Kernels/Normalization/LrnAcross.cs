using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Recurrent;
using Cnn.Layers.Kernels.Threading;

namespace Cnn.Layers.Kernels.Normalization;

/// <summary>
/// Local response normalisation across channels (Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep
/// convolutional neural networks", NIPS 2012, section 3.3), over [images, channels, inner]:
/// <c>s = k + (alpha / n) * sum of x^2</c> over the n channels around, <c>y = x s^-beta</c>, and back
/// <c>dx = dy s^-beta - (2 alpha beta / n) x * sum of dy x s^-(beta + 1)</c> over the same channels.
/// </summary>
/// <remarks>
/// A part goes down the channels of a strip of pixels, a row at a time, so that memory is read in order. Few rows are
/// added up anew for each channel, which costs less than to keep a sum. A wide window slides: a row enters, a row
/// leaves, and the sums are in double, so that what leaves takes no digits of what stays.
/// </remarks>
internal static unsafe class LrnAcross
{
    // Whole rows of a channel are read as fast as memory gives them, pieces of rows are not; but a few images must make
    // parts enough for many threads, and the window's rows must stay in the cache.
    private const int EnoughParts = 8;
    private const int LeastStrip = 256;
    private const int GreatestStrip = 4096;

    // Windows up to this reach are added up anew.
    private const int DirectReach = 8;

    /// <summary>y from x.</summary>
    public static void Forward<T>(T power, float* x, float* y, in LrnShape shape, WorkerPool pool)
        where T : struct, IInversePower
    {
        int strip = Strip(shape);
        var job = new ForwardJob<T>(power, x, y, shape, strip, pool);
        pool.Run(shape.Images * ((shape.Inner + strip - 1) / strip), ref job);
    }

    /// <summary>dx from x and dy.</summary>
    public static void Backward<T>(T power, float* x, float* dy, float* dx, in LrnShape shape, WorkerPool pool)
        where T : struct, IInversePower
    {
        int strip = Strip(shape);
        var job = new BackwardJob<T>(power, x, dy, dx, shape, strip, pool);
        pool.Run(shape.Images * ((shape.Inner + strip - 1) / strip), ref job);
    }

    // A multiple of the vector's width, but for the last strip of an image.
    private static int Strip(in LrnShape shape)
    {
        int pieces = (EnoughParts + shape.Images - 1) / Math.Max(1, shape.Images);
        int strip = Math.Clamp((shape.Inner + pieces - 1) / pieces, LeastStrip, GreatestStrip);
        return (strip + Lanes.Width - 1) / Lanes.Width * Lanes.Width;
    }

    private static void Add(double* sums, Vector512<float> values)
    {
        var (low, high) = Vector512.Widen(values);
        (Vector512.Load(sums) + low).Store(sums);
        (Vector512.Load(sums + 8) + high).Store(sums + 8);
    }

    private static void Subtract(double* sums, Vector512<float> values)
    {
        var (low, high) = Vector512.Widen(values);
        (Vector512.Load(sums) - low).Store(sums);
        (Vector512.Load(sums + 8) - high).Store(sums + 8);
    }

    // Moves the window of squares on: a row enters it and a row leaves it. Gives s.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Slide(
        double* sums, Vector512<float> enters, Vector512<float> leaves, in LrnShape shape)
    {
        var (enterLow, enterHigh) = Vector512.Widen(enters);
        var (leaveLow, leaveHigh) = Vector512.Widen(leaves);
        Vector512<double> low = Vector512.FusedMultiplyAdd(enterLow, enterLow, Vector512.Load(sums));
        Vector512<double> high = Vector512.FusedMultiplyAdd(enterHigh, enterHigh, Vector512.Load(sums + 8));
        low = Vector512.FusedMultiplyAdd(-leaveLow, leaveLow, low);
        high = Vector512.FusedMultiplyAdd(-leaveHigh, leaveHigh, high);
        low.Store(sums);
        high.Store(sums + 8);
        Vector512<double> k = Vector512.Create((double)shape.K), factor = Vector512.Create(shape.Factor);
        return Vector512.Narrow(
            Vector512.FusedMultiplyAdd(low, factor, k), Vector512.FusedMultiplyAdd(high, factor, k));
    }

    // The sum of squares in rows that lie side by side, as s.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Direct(float** rows, int i, int left, in LrnShape shape)
    {
        Vector512<float> sum = Vector512<float>.Zero;
        for (int r = 0; r <= 2 * shape.Reach; r++)
        {
            Vector512<float> values = Lanes.Load(rows[r] + i, left);
            sum = Vector512.FusedMultiplyAdd(values, values, sum);
        }

        return Vector512.FusedMultiplyAdd(sum, Vector512.Create((float)shape.Factor), Vector512.Create(shape.K));
    }

    // The rows of a window, in an image or a ring of rows.
    private static void Rows(
        float** rows, float* from, nint step, int ring, int channel, float* zeros, in LrnShape shape)
    {
        for (int c = channel - shape.Reach; c <= channel + shape.Reach && shape.Reach <= DirectReach; c++)
        {
            rows[c - channel + shape.Reach] = c >= 0 && c < shape.Channels ? from + (c % ring * step) : zeros;
        }
    }

    // The row of a channel, or zeros where there is none.
    private static float* Row(float* x, int channel, float* zeros, in LrnShape shape) =>
        channel >= 0 && channel < shape.Channels ? x + ((nint)channel * shape.Inner) : zeros;

    // The channels before the middle's first.
    private static void Begin(double* sums, float* zeros, float* x, int width, int strip, in LrnShape shape)
    {
        new Span<double>(sums, strip).Clear();
        new Span<float>(zeros, strip).Clear();
        for (int c = 0; c < Math.Min(shape.Reach, shape.Channels); c++)
        {
            float* row = Row(x, c, zeros, shape);
            for (int i = 0; i < width; i += Lanes.Width)
            {
                Slide(sums + i, Lanes.Load(row + i, width - i), Vector512<float>.Zero, shape);
            }
        }
    }

    private readonly struct ForwardJob<T>(
        T power, float* x, float* y, LrnShape shape, int strip, WorkerPool pool) : IParts
        where T : struct, IInversePower
    {
        public void Run(int part, int worker)
        {
            int strips = (shape.Inner + strip - 1) / strip, first = part % strips * strip;
            int width = Math.Min(strip, shape.Inner - first);
            nint at = ((nint)(part / strips) * shape.Channels * shape.Inner) + first;
            float* scratch = pool.Scratch(worker, ScratchSlot.Columns, 3L * strip), zeros = scratch + (2 * strip);
            var sums = (double*)scratch;
            Begin(sums, zeros, x + at, width, strip, shape);
            float** rows = stackalloc float*[(2 * DirectReach) + 1];
            for (int c = 0; c < shape.Channels; c++)
            {
                Rows(rows, x + at, shape.Inner, shape.Channels, c, zeros, shape);
                float* enters = Row(x + at, c + shape.Reach, zeros, shape);
                float* leaves = Row(x + at, c - shape.Reach - 1, zeros, shape);
                float* from = x + at + ((nint)c * shape.Inner), to = y + at + ((nint)c * shape.Inner);
                int i = 0;
                for (; i <= width - Lanes.Width; i += Lanes.Width)
                {
                    Step(i, Lanes.Width, rows, sums, enters, leaves, from, to);
                }

                if (i < width)
                {
                    Step(i, width - i, rows, sums, enters, leaves, from, to);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Step(
            int i, int left, float** rows, double* sums, float* enters, float* leaves, float* from, float* to)
        {
            Vector512<float> s = shape.Reach <= DirectReach
                ? Direct(rows, i, left, shape)
                : Slide(sums + i, Lanes.Load(enters + i, left), Lanes.Load(leaves + i, left), shape);
            Lanes.Store(Lanes.Load(from + i, left) * power.Of(s, out _), to + i, left);
        }
    }

    // Runs `Reach` channels ahead of the one whose gradient it writes. What lies between is kept in two rings of rows:
    // s^-beta and dy x s^-(beta + 1).
    private readonly struct BackwardJob<T>(
        T power, float* x, float* dy, float* dx, LrnShape shape, int strip, WorkerPool pool) : IParts
        where T : struct, IInversePower
    {
        public void Run(int part, int worker)
        {
            int strips = (shape.Inner + strip - 1) / strip, first = part % strips * strip;
            int width = Math.Min(strip, shape.Inner - first);
            nint at = ((nint)(part / strips) * shape.Channels * shape.Inner) + first;
            int ring = Math.Min((2 * shape.Reach) + 2, shape.Channels);
            float* scratch = pool.Scratch(worker, ScratchSlot.Columns, (5L + (2L * ring)) * strip);
            float* zeros = scratch + (4 * strip);
            var squares = (double*)scratch;
            double* ratioSums = squares + strip;
            float* powers = zeros + strip, ratios = powers + ((nint)ring * strip);
            Begin(squares, zeros, x + at, width, strip, shape);
            new Span<double>(ratioSums, strip).Clear();
            for (int ahead = 0; ahead < shape.Channels + shape.Reach; ahead++)
            {
                if (ahead < shape.Channels)
                {
                    Read(ahead, at, width, ring, squares, zeros, ratioSums, powers, ratios);
                }

                if (ahead >= shape.Reach)
                {
                    Write(ahead - shape.Reach, at, width, ring, zeros, ratioSums, powers, ratios);
                }
            }
        }

        private void Read(
            int c, nint at, int width, int ring, double* squares, float* zeros, double* ratioSums, float* powers,
            float* ratios)
        {
            nint slot = (nint)(c % ring) * strip, row = at + ((nint)c * shape.Inner);
            float* enters = Row(x + at, c + shape.Reach, zeros, shape);
            float* leaves = Row(x + at, c - shape.Reach - 1, zeros, shape);
            float** rows = stackalloc float*[(2 * DirectReach) + 1];
            Rows(rows, x + at, shape.Inner, shape.Channels, c, zeros, shape);
            int i = 0;
            for (; i <= width - Lanes.Width; i += Lanes.Width)
            {
                ReadStep(i, Lanes.Width, row, rows, squares, enters, leaves, ratioSums, powers + slot, ratios + slot);
            }

            if (i < width)
            {
                ReadStep(i, width - i, row, rows, squares, enters, leaves, ratioSums, powers + slot, ratios + slot);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void ReadStep(
            int i, int left, nint row, float** rows, double* squares, float* enters, float* leaves, double* ratioSums,
            float* powerRow, float* ratioRow)
        {
            Vector512<float> s = shape.Reach <= DirectReach
                ? Direct(rows, i, left, shape)
                : Slide(squares + i, Lanes.Load(enters + i, left), Lanes.Load(leaves + i, left), shape);
            Vector512<float> p = power.Of(s, out Vector512<float> inverse);
            Vector512<float> ratio = Lanes.Load(dy + row + i, left) * Lanes.Load(x + row + i, left) * p * inverse;
            p.Store(powerRow + i);
            ratio.Store(ratioRow + i);
            if (shape.Reach > DirectReach)
            {
                Add(ratioSums + i, ratio);
            }
        }

        private void Write(
            int c, nint at, int width, int ring, float* zeros, double* ratioSums, float* powers, float* ratios)
        {
            nint row = at + ((nint)c * shape.Inner);
            int leaves = c - shape.Reach - 1;
            float* power = powers + ((nint)(c % ring) * strip);
            float* leaving = ratios + ((nint)Math.Max(leaves % ring, 0) * strip);
            float** rows = stackalloc float*[(2 * DirectReach) + 1];
            Rows(rows, ratios, strip, ring, c, zeros, shape);
            for (int i = 0; i < width; i += Lanes.Width)
            {
                if (leaves >= 0 && shape.Reach > DirectReach)
                {
                    Subtract(ratioSums + i, Vector512.Load(leaving + i));
                }

                int left = width - i;
                Vector512<float> spread = shape.Reach <= DirectReach ? Sum(rows, i) : Sum(ratioSums + i);
                Vector512<float> direct = Lanes.Load(dy + row + i, left) * Vector512.Load(power + i);
                Lanes.Store(direct + (Lanes.Load(x + row + i, left) * spread), dx + row + i, left);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Vector512<float> Sum(float** rows, int i)
        {
            Vector512<float> sum = Vector512<float>.Zero;
            for (int r = 0; r <= 2 * shape.Reach; r++)
            {
                sum += Vector512.Load(rows[r] + i);
            }

            return sum * Vector512.Create((float)(-2 * shape.Factor * shape.Beta));
        }

        private Vector512<float> Sum(double* sums)
        {
            Vector512<double> factor = Vector512.Create(-2 * shape.Factor * shape.Beta);
            return Vector512.Narrow(Vector512.Load(sums) * factor, Vector512.Load(sums + 8) * factor);
        }
    }
}
