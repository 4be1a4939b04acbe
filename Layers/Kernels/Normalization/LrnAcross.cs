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
/// The window slides down the channels of a strip of pixels, a row at a time, so that memory is read in order. Its sums
/// are in double: what leaves the window takes no digits of what stays.
/// </remarks>
internal static unsafe class LrnAcross
{
    // Values a part has about, and the narrowest strip.
    private const int PartValues = 32 * 1024;
    private const int LeastStrip = 64;

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
    private static int Strip(in LrnShape shape) =>
        Math.Max(LeastStrip, PartValues / Math.Max(1, shape.Channels) / Lanes.Width * Lanes.Width);

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

    private static void AddSquares(double* sums, Vector512<float> values)
    {
        var (low, high) = Vector512.Widen(values);
        (Vector512.Load(sums) + (low * low)).Store(sums);
        (Vector512.Load(sums + 8) + (high * high)).Store(sums + 8);
    }

    private static void SubtractSquares(double* sums, Vector512<float> values)
    {
        var (low, high) = Vector512.Widen(values);
        (Vector512.Load(sums) - (low * low)).Store(sums);
        (Vector512.Load(sums + 8) - (high * high)).Store(sums + 8);
    }

    private static Vector512<float> Scale(double* sums, in LrnShape shape)
    {
        Vector512<double> k = Vector512.Create((double)shape.K), factor = Vector512.Create(shape.Factor);
        return Vector512.Narrow((Vector512.Load(sums) * factor) + k, (Vector512.Load(sums + 8) * factor) + k);
    }

    // Moves the window of squares on by one channel and gives s of the channel in its middle.
    private static void Slide(double* sums, float* x, int channel, int width, in LrnShape shape)
    {
        int enters = channel + shape.Reach, leaves = channel - shape.Reach - 1;
        if (enters < shape.Channels)
        {
            float* row = x + ((nint)enters * shape.Inner);
            for (int i = 0; i < width; i += Lanes.Width)
            {
                AddSquares(sums + i, Lanes.Load(row + i, width - i));
            }
        }

        if (leaves >= 0)
        {
            float* row = x + ((nint)leaves * shape.Inner);
            for (int i = 0; i < width; i += Lanes.Width)
            {
                SubtractSquares(sums + i, Lanes.Load(row + i, width - i));
            }
        }
    }

    // The channels before the middle's first.
    private static void Begin(double* sums, float* x, int width, int strip, in LrnShape shape)
    {
        new Span<double>(sums, strip).Clear();
        for (int c = -shape.Reach; c < 0; c++)
        {
            Slide(sums, x, c, width, shape);
        }
    }

    private readonly struct ForwardJob<T>(T power, float* x, float* y, LrnShape shape, int strip, WorkerPool pool) : IParts
        where T : struct, IInversePower
    {
        public void Run(int part, int worker)
        {
            int strips = (shape.Inner + strip - 1) / strip, first = part % strips * strip;
            int width = Math.Min(strip, shape.Inner - first);
            nint at = ((nint)(part / strips) * shape.Channels * shape.Inner) + first;
            var sums = (double*)pool.Scratch(worker, ScratchSlot.Columns, 2L * strip);
            Begin(sums, x + at, width, strip, shape);
            for (int c = 0; c < shape.Channels; c++)
            {
                Slide(sums, x + at, c, width, shape);
                float* from = x + at + ((nint)c * shape.Inner), to = y + at + ((nint)c * shape.Inner);
                for (int i = 0; i < width; i += Lanes.Width)
                {
                    Vector512<float> value = Lanes.Load(from + i, width - i) * power.Of(Scale(sums + i, shape));
                    Lanes.Store(value, to + i, width - i);
                }
            }
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
            float* scratch = pool.Scratch(worker, ScratchSlot.Columns, (4L + (2L * ring)) * strip);
            var squares = (double*)scratch;
            double* ratioSums = squares + strip;
            float* powers = scratch + (4 * strip), ratios = powers + ((nint)ring * strip);
            Begin(squares, x + at, width, strip, shape);
            new Span<double>(ratioSums, strip).Clear();
            for (int ahead = 0; ahead < shape.Channels + shape.Reach; ahead++)
            {
                if (ahead < shape.Channels)
                {
                    nint slot = (nint)(ahead % ring) * strip, row = at + ((nint)ahead * shape.Inner);
                    Slide(squares, x + at, ahead, width, shape);
                    for (int i = 0; i < width; i += Lanes.Width)
                    {
                        Vector512<float> s = Scale(squares + i, shape), p = power.Of(s);
                        Vector512<float> values = Lanes.Load(x + row + i, width - i);
                        Vector512<float> ratio = Lanes.Load(dy + row + i, width - i) * values * p / s;
                        p.Store(powers + slot + i);
                        ratio.Store(ratios + slot + i);
                        Add(ratioSums + i, ratio);
                    }
                }

                if (ahead >= shape.Reach)
                {
                    Write(ahead - shape.Reach, at, width, ring, ratioSums, powers, ratios);
                }
            }
        }

        private void Write(int c, nint at, int width, int ring, double* ratioSums, float* powers, float* ratios)
        {
            nint row = at + ((nint)c * shape.Inner);
            int leaves = c - shape.Reach - 1;
            float* power = powers + ((nint)(c % ring) * strip), leaving = ratios + ((nint)Math.Max(leaves % ring, 0) * strip);
            Vector512<double> factor = Vector512.Create(-2 * shape.Factor * shape.Beta);
            for (int i = 0; i < width; i += Lanes.Width)
            {
                if (leaves >= 0)
                {
                    Subtract(ratioSums + i, Vector512.Load(leaving + i));
                }

                Vector512<float> spread = Vector512.Narrow(
                    Vector512.Load(ratioSums + i) * factor, Vector512.Load(ratioSums + i + 8) * factor);
                Vector512<float> direct = Lanes.Load(dy + row + i, width - i) * Vector512.Load(power + i);
                Lanes.Store(direct + (Lanes.Load(x + row + i, width - i) * spread), dx + row + i, width - i);
            }
        }
    }
}
