using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Normalization;

/// <summary>
/// Local response normalisation across channels (Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep
/// convolutional neural networks", NIPS 2012, section 3.3), over [images, channels, inner]:
/// <c>s = k + (alpha / n) * sum of x^2</c> over a window of n channels, <c>y = x s^-beta</c>, with the gradient
/// <c>dx = dy s^-beta - (2 alpha beta / n) x * sum of dy x s^-(beta + 1)</c> over the same channels.
/// </summary>
/// <remarks>
/// The window moves down the channels of a strip of pixels, one row at a time, so that memory is read in order and the
/// rows that the window reads again are still in the cache.
/// </remarks>
internal static unsafe class LrnAcross
{
    // A strip is as wide as possible while it leaves enough parts for many threads, so that memory is read in long
    // runs. The widest strip keeps a window in the cache.
    private const int LeastStrip = 64;
    private const int MostStrip = 4096;
    private const int EnoughParts = 8;

    /// <summary>Computes y from x.</summary>
    public static void Forward<T>(T power, float* x, float* y, in LrnShape shape, WorkerPool pool)
        where T : struct, IInversePower
    {
        int strip = Strip(shape);
        var job = new ForwardJob<T>(power, x, y, shape, strip, pool);
        pool.Run(checked(shape.Images * Strips(shape, strip)), ref job);
    }

    /// <summary>Computes dx from x and dy.</summary>
    public static void Backward<T>(T power, float* x, float* dy, float* dx, in LrnShape shape, WorkerPool pool)
        where T : struct, IInversePower
    {
        int strip = Strip(shape);
        var job = new BackwardJob<T>(power, x, dy, dx, shape, strip, pool);
        pool.Run(checked(shape.Images * Strips(shape, strip)), ref job);
    }

    // The width of a strip: a multiple of the vector width, except for the last strip of an image.
    private static int Strip(in LrnShape shape)
    {
        int strips = (int)(((long)EnoughParts + shape.Images - 1) / Math.Max(1, shape.Images));
        long strip = ((long)shape.Inner + strips - 1) / strips;
        return (int)Math.Clamp((strip + Lanes.Width - 1) / Lanes.Width * Lanes.Width, LeastStrip, MostStrip);
    }

    private static int Strips(in LrnShape shape, int strip) => (int)(((long)shape.Inner + strip - 1) / strip);

    private static RowWindow Squares(float* x, double* running, int width, in LrnShape shape) =>
        new(x, shape.Inner, shape.Channels, 0, shape.Channels, shape.Reach, true, running, width);

    private readonly struct ForwardJob<T>(
        T power, float* x, float* y, LrnShape shape, int strip, WorkerPool pool) : IParallelJob
        where T : struct, IInversePower
    {
        public void Run(int part, int worker)
        {
            int strips = Strips(shape, strip), first = part % strips * strip;
            int width = Math.Min(strip, shape.Inner - first);
            nint at = ((nint)(part / strips) * shape.Channels * shape.Inner) + first;
            float* sums = pool.Scratch(worker, ScratchSlot.Columns, 3L * strip);
            RowWindow squares = Squares(x + at, (double*)(sums + strip), width, shape);
            squares.Begin(0);
            for (int c = 0; c < shape.Channels; c++, at += shape.Inner)
            {
                squares.Next(c, sums);
                LrnRow.Forward(power, sums, x + at, y + at, width, (float)shape.Factor, shape.K);
            }
        }
    }

    // Reads `Reach` channels ahead of the one whose gradient it writes, and keeps two ring buffers of rows in between:
    // dy s^-beta and dy x s^-(beta + 1).
    private readonly struct BackwardJob<T>(
        T power, float* x, float* dy, float* dx, LrnShape shape, int strip, WorkerPool pool) : IParallelJob
        where T : struct, IInversePower
    {
        public void Run(int part, int worker)
        {
            int strips = Strips(shape, strip), first = part % strips * strip;
            int width = Math.Min(strip, shape.Inner - first), ring = Math.Min((2 * shape.Reach) + 2, shape.Channels);
            nint at = ((nint)(part / strips) * shape.Channels * shape.Inner) + first;
            float* scratch = pool.Scratch(worker, ScratchSlot.Columns, (5L + (2L * ring)) * strip);
            float* sums = scratch + (4 * strip), direct = sums + strip, ratios = direct + ((nint)ring * strip);
            RowWindow squares = Squares(x + at, (double*)scratch, width, shape);
            var window = new RowWindow(
                ratios, strip, ring, 0, shape.Channels, shape.Reach, false, (double*)(scratch + (2 * strip)), width);
            var spread = (float)(-2 * shape.Factor * shape.Beta);
            squares.Begin(0);
            for (int ahead = 0; ahead < shape.Channels + shape.Reach; ahead++)
            {
                if (ahead < shape.Channels)
                {
                    nint slot = (nint)(ahead % ring) * strip, row = at + ((nint)ahead * shape.Inner);
                    squares.Next(ahead, sums);
                    LrnRow.Weigh(
                        power, sums, x + row, dy + row, direct + slot, ratios + slot, width, (float)shape.Factor,
                        shape.K);
                }

                int c = ahead - shape.Reach;
                if (c == 0)
                {
                    window.Begin(0);
                }

                if (c >= 0)
                {
                    window.Next(c, sums);
                    nint row = at + ((nint)c * shape.Inner);
                    LrnRow.Finish(sums, x + row, direct + ((nint)(c % ring) * strip), dx + row, width, spread);
                }
            }
        }
    }
}
