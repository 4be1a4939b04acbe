using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary>Scales rows and adds others to them: <c>z = a x + y</c> with a factor for each row.</summary>
internal static unsafe class AxpyKernel
{
    /// <summary>Computes z; it may be x or y.</summary>
    /// <param name="a">The factors, [rows].</param>
    /// <param name="x">What is scaled, [rows, length].</param>
    /// <param name="y">What is added, [rows, length].</param>
    /// <param name="z">The result, [rows, length].</param>
    /// <param name="rows">Rows.</param>
    /// <param name="length">Values of a row.</param>
    /// <param name="pool">The threads to compute with.</param>
    public static void Forward(float* a, float* x, float* y, float* z, int rows, int length, WorkerPool pool)
    {
        KernelGuard.Array(a, rows);
        KernelGuard.Array(x, rows, length);
        KernelGuard.Array(y, rows, length);
        KernelGuard.Array(z, rows, length);
        KernelGuard.SameOrApart(x, z, (long)rows * length);
        KernelGuard.SameOrApart(y, z, (long)rows * length);
        var job = new Job(a, x, y, z, length, new RowParts(rows, length));
        pool.Run(job.Split.Count, ref job);
    }

    private readonly struct Job(float* a, float* x, float* y, float* z, int length, RowParts split) : IParallelJob
    {
        public RowParts Split => split;

        public void Run(int part, int worker)
        {
            var (first, last, start, end) = split.Block(part);
            for (long row = first; row < last; row++)
            {
                long at = row * length;
                Vector512<float> factor = Vector512.Create(a[row]);
                int i = start;
                for (; i <= end - Lanes.Width; i += Lanes.Width)
                {
                    Compute(at + i, Lanes.Width, factor);
                }

                if (i < end)
                {
                    Compute(at + i, end - i, factor);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Compute(long at, int left, Vector512<float> factor) =>
            Lanes.Store((Lanes.Load(x + at, left) * factor) + Lanes.Load(y + at, left), z + at, left);
    }
}
