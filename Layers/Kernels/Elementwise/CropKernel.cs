using System.Diagnostics;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary>
/// Cuts a box out of a larger array, row by row along the last axis. Both shapes and the offsets have one number per
/// axis; the box lies within the array.
/// </summary>
internal static unsafe class CropKernel
{
    /// <summary>Copies the box out of <paramref name="x"/>.</summary>
    /// <param name="x">The larger array.</param>
    /// <param name="whole">Its shape.</param>
    /// <param name="y">The box.</param>
    /// <param name="box">Its shape.</param>
    /// <param name="offsets">Where it begins on each axis.</param>
    /// <param name="axes">Number of axes, 1 or more.</param>
    /// <param name="pool">The threads to compute with.</param>
    public static void Forward(float* x, int* whole, float* y, int* box, int* offsets, int axes, WorkerPool pool)
    {
        RequireBox(whole, box, offsets, axes);
        var job = new ForwardJob(x, whole, y, box, offsets, axes, new RowParts(Rows(box, axes), box[axes - 1]));
        pool.Run(box[axes - 1] == 0 ? 0 : job.Split.Count, ref job);
    }

    /// <summary>
    /// Computes the gradient: copies <paramref name="dy"/> to its place in <paramref name="dx"/> and writes 0 around
    /// it.
    /// </summary>
    public static void Backward(
        float* dy, int* box, float* dx, int* whole, int* offsets, int axes, WorkerPool pool) =>
        Pad(dy, box, dx, whole, offsets, axes, 0, pool);

    /// <summary>
    /// Copies the box <paramref name="x"/> to its place in <paramref name="y"/> and writes a value around it.
    /// </summary>
    public static void Pad(
        float* x, int* box, float* y, int* whole, int* offsets, int axes, float value, WorkerPool pool)
    {
        RequireBox(whole, box, offsets, axes);
        var job = new PadJob(x, box, y, whole, offsets, axes, value, new RowParts(Rows(whole, axes), whole[axes - 1]));
        pool.Run(whole[axes - 1] == 0 ? 0 : job.Split.Count, ref job);
    }

    [Conditional("DEBUG")]
    private static void RequireBox(int* whole, int* box, int* offsets, int axes)
    {
        for (int axis = 0; axis < axes; axis++)
        {
            KernelGuard.Size(box[axis]);
            KernelGuard.Size(offsets[axis]);
            KernelGuard.Size((long)whole[axis] - box[axis] - offsets[axis], "what the larger array has behind the box");
        }
    }

    private static int Rows(int* shape, int axes)
    {
        int rows = 1;
        for (int axis = 0; axis < axes - 1; axis++)
        {
            rows = checked(rows * shape[axis]);
        }

        return rows;
    }

    private readonly struct ForwardJob(
        float* x, int* whole, float* y, int* box, int* offsets, int axes, RowParts split) : IParallelJob
    {
        public RowParts Split => split;

        public void Run(int part, int worker)
        {
            var (first, last, start, end) = split.Block(part);
            int width = box[axes - 1], wide = whole[axes - 1];
            for (int row = first; row < last; row++)
            {
                float* from = x + (RowInWhole(row) * wide) + offsets[axes - 1];
                BlockKernel.CopyBlock(from + start, y + ((long)row * width) + start, end - start);
            }
        }

        private long RowInWhole(int row)
        {
            long at = 0, stride = 1;
            for (int axis = axes - 2; axis >= 0; axis--)
            {
                (row, int place) = Math.DivRem(row, box[axis]);
                at += (place + offsets[axis]) * stride;
                stride *= whole[axis];
            }

            return at;
        }
    }

    private readonly struct PadJob(
        float* x, int* box, float* y, int* whole, int* offsets, int axes, float value, RowParts split) : IParallelJob
    {
        public RowParts Split => split;

        public void Run(int part, int worker)
        {
            var (first, last, start, end) = split.Block(part);
            int width = box[axes - 1], wide = whole[axes - 1], offset = offsets[axes - 1];

            // The part's range of a row: the value up to left, the box up to right, the value up to end.
            int left = Math.Clamp(offset, start, end), right = Math.Clamp(offset + width, start, end);
            for (int row = first; row < last; row++)
            {
                float* to = y + ((long)row * wide);
                long inBox = RowInBox(row);
                if (inBox < 0)
                {
                    new Span<float>(to + start, end - start).Fill(value);
                    continue;
                }

                new Span<float>(to + start, left - start).Fill(value);
                BlockKernel.CopyBlock(x + (inBox * width) + (left - offset), to + left, right - left);
                new Span<float>(to + right, end - right).Fill(value);
            }
        }

        // Returns -1 for a row that is not in the box.
        private long RowInBox(int row)
        {
            long at = 0, stride = 1;
            for (int axis = axes - 2; axis >= 0; axis--)
            {
                (row, int place) = Math.DivRem(row, whole[axis]);
                place -= offsets[axis];
                if ((uint)place >= (uint)box[axis])
                {
                    return -1;
                }

                at += place * stride;
                stride *= box[axis];
            }

            return at;
        }
    }
}
