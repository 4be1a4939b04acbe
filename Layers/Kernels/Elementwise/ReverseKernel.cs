using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary>
/// Turns axes of an array around: index i of an axis of size D goes to D - 1 - i. What follows the last such axis stays
/// together and is copied in blocks.
/// </summary>
internal static unsafe class ReverseKernel
{
    /// <summary>Copies x to y; they share no memory.</summary>
    /// <param name="x">The source.</param>
    /// <param name="y">The target.</param>
    /// <param name="shape">The sizes of both.</param>
    /// <param name="isReversed">Whether each axis is turned around.</param>
    /// <param name="pool">The threads.</param>
    public static void Run(float* x, float* y, ReadOnlySpan<int> shape, ReadOnlySpan<bool> isReversed, WorkerPool pool)
    {
        int* sizes = stackalloc int[shape.Length], flips = stackalloc int[shape.Length];
        int axes = 0, rows = 1, length = 1;
        for (int axis = 0; axis < shape.Length; axis++)
        {
            (sizes[axis], flips[axis]) = (shape[axis], isReversed[axis] ? 1 : 0);
            axes = isReversed[axis] ? axis + 1 : axes;
        }

        for (int axis = 0; axis < shape.Length; axis++)
        {
            rows *= axis < axes ? shape[axis] : 1;
            length *= axis < axes ? 1 : shape[axis];
        }

        KernelGuard.Array(x, rows, length);
        KernelGuard.Array(y, rows, length);
        KernelGuard.Apart(x, (long)rows * length, y, (long)rows * length);
        var job = new Job(new RowParts(rows, length), x, y, sizes, flips, axes, length);
        pool.Run(rows * length == 0 ? 0 : job.Split.Count, ref job);
    }

    private readonly struct Job(
        RowParts split, float* x, float* y, int* sizes, int* flips, int axes, int length) : IParallelJob
    {
        public RowParts Split => split;

        public void Run(int part, int worker)
        {
            var (row, end, start, stop) = split.Block(part);
            for (; row < end; row++)
            {
                long from = (long)Source(row) * length, to = (long)row * length;
                BlockKernel.CopyBlock(x + from + start, y + to + start, stop - start);
            }
        }

        // The row of x that comes to a row of y.
        private int Source(int row)
        {
            int source = 0;
            for (int axis = axes - 1, stride = 1; axis >= 0; axis--)
            {
                (row, int index) = Math.DivRem(row, sizes[axis]);
                source += (flips[axis] == 0 ? index : sizes[axis] - 1 - index) * stride;
                stride *= sizes[axis];
            }

            return source;
        }
    }
}
