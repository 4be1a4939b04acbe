using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary>Mirrors images: <c>y[h, w] = x[H - 1 - h, W - 1 - w]</c>, or along one of the two axes alone.</summary>
internal static unsafe class FlipKernel
{
    /// <summary>Computes y from x; both [planes, height, width], and they share no memory.</summary>
    public static void Run(
        float* x, float* y, int planes, int height, int width, bool flipsRows, bool flipsColumns, WorkerPool pool)
    {
        KernelGuard.Array(x, planes, height, width);
        KernelGuard.Array(y, planes, height, width);
        KernelGuard.Apart(x, (long)planes * height * width, y, (long)planes * height * width);
        var job = new Job(x, y, height, width, flipsRows, flipsColumns, new RowParts(planes * height, width));
        pool.Run(width == 0 ? 0 : job.Split.Count, ref job);
    }

    private readonly struct Job(
        float* x, float* y, int height, int width, bool flipsRows, bool flipsColumns, RowParts split) : IParallelJob
    {
        public RowParts Split => split;

        public void Run(int part, int worker)
        {
            var (first, last, start, end) = split.Block(part);
            for (int row = first; row < last; row++)
            {
                int at = row % height, source = flipsRows ? row - at + (height - 1 - at) : row;
                int from = flipsColumns ? width - end : start;
                var to = new Span<float>(y + ((long)row * width) + start, end - start);
                new ReadOnlySpan<float>(x + ((long)source * width) + from, end - start).CopyTo(to);
                if (flipsColumns)
                {
                    to.Reverse();
                }
            }
        }
    }
}
