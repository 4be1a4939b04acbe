using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary>Moves the values of images to other places: shuffles of channels and of blocks of pixels.</summary>
internal static unsafe class RearrangeKernel
{
    /// <summary>
    /// Transposes blocks of adjacent values in each item, [items, rows, columns, length] to
    /// [items, columns, rows, length].
    /// </summary>
    public static void Transpose(
        float* x, float* y, int items, int rows, int columns, int length, WorkerPool pool)
    {
        KernelGuard.Array(x, items, rows, columns, length);
        KernelGuard.Array(y, items, rows, columns, length);
        KernelGuard.Apart(x, (long)items * rows * columns * length, y, (long)items * rows * columns * length);
        var job = new TransposeJob(x, y, rows, columns, length, new RowParts(items * rows * columns, length));
        pool.Run(job.Split.Count, ref job);
    }

    /// <summary>
    /// Reads each item as [t, s H, s W], with <c>t = C / s^2</c>, and takes its blocks of s x s pixels apart to
    /// [C, H, W]: channel <c>o t + k</c> holds the pixels at (o / s, o mod s) of the blocks of channel k. This is
    /// darknet's rule; the sizes are those of the result.
    /// </summary>
    /// <param name="large">[N, t, s H, s W].</param>
    /// <param name="small">[N, C, H, W].</param>
    /// <param name="isToSmall">Whether small is computed from large, rather than large from small.</param>
    /// <param name="items">N.</param>
    /// <param name="size">C, H and W.</param>
    /// <param name="side">s.</param>
    /// <param name="pool">The threads to compute with.</param>
    public static void Reorganize(
        float* large, float* small, bool isToSmall, int items, (int Channels, int Height, int Width) size, int side,
        WorkerPool pool)
    {
        KernelGuard.Array(large, items, size.Channels, size.Height, size.Width);
        KernelGuard.Array(small, items, size.Channels, size.Height, size.Width);
        var job = new ReorganizeJob(
            large, small, isToSmall, size, side, new RowParts(items * size.Channels * size.Height, size.Width));
        pool.Run(job.Split.Count, ref job);
    }

    private readonly struct TransposeJob(
        float* x, float* y, int rows, int columns, int length, RowParts split) : IParallelJob
    {
        public RowParts Split => split;

        public void Run(int part, int worker)
        {
            var (first, last, start, end) = split.Block(part);
            for (int block = first; block < last; block++)
            {
                int item = block / (rows * columns), place = block % (rows * columns);
                long from = ((long)item * rows * columns) + (place % rows * (long)columns) + (place / rows);
                BlockKernel.CopyBlock(
                    x + (from * length) + start, y + ((long)block * length) + start, end - start);
            }
        }
    }

    private readonly struct ReorganizeJob(
        float* large, float* small, bool isToSmall, (int Channels, int Height, int Width) size, int side,
        RowParts split) : IParallelJob
    {
        public RowParts Split => split;

        public void Run(int part, int worker)
        {
            int depth = size.Channels / (side * side);
            var (first, last, start, end) = split.Block(part);
            for (int row = first; row < last; row++)
            {
                int h = row % size.Height, c = row / size.Height % size.Channels, n = row / size.Height / size.Channels;
                int o = c / depth;
                long at = (((long)n * depth) + (c % depth)) * size.Height * side;
                at = (at + ((long)h * side) + (o / side)) * size.Width * side;
                float* from = large + at + (o % side), to = small + ((long)row * size.Width);
                if (isToSmall)
                {
                    for (int i = start; i < end; i++)
                    {
                        to[i] = from[(long)i * side];
                    }
                }
                else
                {
                    for (int i = start; i < end; i++)
                    {
                        from[(long)i * side] = to[i];
                    }
                }
            }
        }
    }
}
