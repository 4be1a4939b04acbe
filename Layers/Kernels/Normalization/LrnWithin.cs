using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Normalization;

/// <summary>
/// Local response normalisation within a channel, as Caffe defines it: <c>s = 1 + (alpha / n^2) * sum of x^2</c> over
/// the square of n x n pixels around each pixel, with zeros beyond the edges, <c>y = x s^-beta</c>, with the gradient
/// <c>dx = dy s^-beta - (2 alpha beta / n^2) x * sum of dy x s^-(beta + 1)</c> over the same square.
/// </summary>
/// <remarks>
/// A part is several planes, or a block of rows of a large plane; the backward pass recomputes the rows outside a block
/// that its windows reach.
/// </remarks>
internal static unsafe class LrnWithin
{
    private const int PartValues = 2 * ElementParts.Size;

    /// <summary>Computes y from x.</summary>
    public static void Forward<T>(T power, float* x, float* y, in LrnShape shape, WorkerPool pool)
        where T : struct, IInversePower => Run(new Job<T>(power, x, null, y, shape, pool), shape, pool);

    /// <summary>Computes dx from x and dy.</summary>
    public static void Backward<T>(T power, float* x, float* dy, float* dx, in LrnShape shape, WorkerPool pool)
        where T : struct, IInversePower => Run(new Job<T>(power, x, dy, dx, shape, pool), shape, pool);

    private static void Run<T>(Job<T> job, in LrnShape shape, WorkerPool pool)
        where T : struct, IInversePower
    {
        int planes = shape.Images * shape.Channels, each = PlanesPerPart(shape), rows = RowsPerPart(shape);
        pool.Run(((planes - 1) / each + 1) * ((shape.Height + rows - 1) / rows), ref job);
    }

    private static int PlanesPerPart(in LrnShape shape) => Math.Max(1, PartValues / shape.Inner);

    private static int RowsPerPart(in LrnShape shape) => shape.Inner <= 2 * PartValues
        ? shape.Height
        : (int)Math.Min(shape.Height, Math.Max(PartValues / shape.Width, 4L * Math.Max(1, shape.Reach)));

    private readonly struct Job<T>(
        T power, float* x, float* dy, float* to, LrnShape shape, WorkerPool pool) : IParallelJob
        where T : struct, IInversePower
    {
        private readonly int columns = BoxWindow.Columns(shape.Width);

        public void Run(int part, int worker)
        {
            int each = PlanesPerPart(shape), planes = shape.Images * shape.Channels, rows = RowsPerPart(shape);
            int blocks = (shape.Height + rows - 1) / rows, top = part % blocks * rows, first = part / blocks * each;
            int end = Math.Min(shape.Height, top + rows), across = Math.Min(shape.Reach, shape.Width);
            int low = Math.Max(0, top - shape.Reach), high = (int)Math.Min(shape.Height, (long)end + shape.Reach);
            long ratios = dy == null ? 0 : (long)(high - low) * columns;
            float* scratch = pool.Scratch(
                worker, ScratchSlot.Columns, (3L * columns) + BoxWindow.Scratch(shape.Width, across) + ratios);
            for (int p = first; p < Math.Min((long)planes, first + (long)each); p++)
            {
                nint at = (nint)p * shape.Inner;
                if (dy == null)
                {
                    Forward(x + at, to + at, top, end, scratch);
                }
                else
                {
                    Backward(x + at, dy + at, to + at, top, end, low, high, scratch);
                }
            }
        }

        // Scratch layout: sums of a row, sliding sums, a row with margins and, for the backward pass, the rows of
        // ratios.
        private BoxWindow Window(float* rows, int step, int count, bool square, float* scratch)
        {
            int across = Math.Min(shape.Reach, shape.Width);
            var down = new RowWindow(
                rows, step, count, 0, count, shape.Reach, square, (double*)(scratch + columns), shape.Width);
            return new BoxWindow(down, scratch + (3 * (nint)columns), shape.Width, across);
        }

        private void Forward(float* x, float* y, int top, int end, float* sums)
        {
            BoxWindow squares = Window(x, shape.Width, shape.Height, true, sums);
            squares.Begin(top);
            for (int h = top; h < end; h++)
            {
                nint row = (nint)h * shape.Width;
                squares.Next(h, sums);
                LrnRow.Forward(power, sums, x + row, y + row, shape.Width, (float)shape.Factor, shape.K);
            }
        }

        private void Backward(float* x, float* dy, float* dx, int top, int end, int low, int high, float* sums)
        {
            int across = Math.Min(shape.Reach, shape.Width);
            float* ratios = sums + (3 * (nint)columns) + (nint)BoxWindow.Scratch(shape.Width, across);
            BoxWindow squares = Window(x, shape.Width, shape.Height, true, sums);
            squares.Begin(low);
            for (int h = low; h < high; h++)
            {
                nint row = (nint)h * shape.Width;
                squares.Next(h, sums);
                float* direct = h >= top && h < end ? dx + row : null, ratio = ratios + ((nint)(h - low) * columns);
                LrnRow.Weigh(
                    power, sums, x + row, dy + row, direct, ratio, shape.Width, (float)shape.Factor, shape.K);
            }

            BoxWindow window = Window(ratios, columns, high - low, false, sums);
            var spread = (float)(-2 * shape.Factor * shape.Beta);
            window.Begin(top - low);
            for (int h = top; h < end; h++)
            {
                nint row = (nint)h * shape.Width;
                window.Next(h - low, sums);
                LrnRow.Finish(sums, x + row, dx + row, dx + row, shape.Width, spread);
            }
        }
    }
}
