using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary>
/// Repeats each block, [blocks, length] to [blocks, tiles, length], and sums the gradients of the copies.
/// </summary>
internal static unsafe class TileKernel
{
    /// <summary>Computes <c>y[b, t] = x[b]</c> for every tile t.</summary>
    public static void Forward(float* x, float* y, int blocks, int tiles, int length, WorkerPool pool)
    {
        KernelGuard.Array(x, blocks, length);
        KernelGuard.Array(y, blocks, tiles, length);
        KernelGuard.Apart(x, (long)blocks * length, y, (long)blocks * tiles * length);
        var job = new ForwardJob(x, y, tiles, length, new PositionParts(blocks, tiles, length));
        pool.Run(job.Split.Count, ref job);
    }

    /// <summary>
    /// Computes <c>dx[b]</c> as the sum of <c>dy[b, t]</c>, from the first tile to the last, in double.
    /// </summary>
    public static void Backward(float* dy, float* dx, int blocks, int tiles, int length, WorkerPool pool)
    {
        KernelGuard.Array(dy, blocks, tiles, length);
        KernelGuard.Array(dx, blocks, length);
        KernelGuard.Apart(dy, (long)blocks * tiles * length, dx, (long)blocks * length);
        var job = new BackwardJob(dy, dx, tiles, length, new PositionParts(blocks, tiles, length));
        pool.Run(job.Split.Count, ref job);
    }

    private readonly struct ForwardJob(float* x, float* y, int tiles, int length, PositionParts split) : IParallelJob
    {
        public PositionParts Split => split;

        public void Run(int part, int worker)
        {
            var (first, last, start, end) = split.Block(part);
            for (long block = first; block < last; block++)
            {
                float* from = x + (block * length), to = y + (block * tiles * length);
                if (length == 1)
                {
                    new Span<float>(to, tiles).Fill(*from);
                    continue;
                }

                for (long tile = 0; tile < tiles; tile++)
                {
                    BlockKernel.CopyBlock(from + start, to + (tile * length) + start, end - start);
                }
            }
        }
    }

    private readonly struct BackwardJob(float* dy, float* dx, int tiles, int length, PositionParts split) : IParallelJob
    {
        public PositionParts Split => split;

        public void Run(int part, int worker)
        {
            var (first, last, start, end) = split.Block(part);
            for (long block = first; block < last; block++)
            {
                float* from = dy + (block * tiles * length), to = dx + (block * length);
                if (length == 1)
                {
                    *to = Total(from);
                    continue;
                }

                int i = start;
                for (; i <= end - Lanes.Width; i += Lanes.Width)
                {
                    Columns(from + i, Lanes.Width).Store(to + i);
                }

                if (i < end)
                {
                    Lanes.Store(Columns(from + i, end - i), to + i, end - i);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Vector512<float> Columns(float* from, int left)
        {
            var (low, high) = Vector512.Widen(Lanes.Load(from, left));
            for (long tile = 1; tile < tiles; tile++)
            {
                var (nextLow, nextHigh) = Vector512.Widen(Lanes.Load(from + (tile * length), left));
                low += nextLow;
                high += nextHigh;
            }

            return Vector512.Narrow(low, high);
        }

        private float Total(float* values)
        {
            var sum = default(WideSum);
            int i = 0;
            for (; i <= tiles - Lanes.Width; i += Lanes.Width)
            {
                sum.Add(Vector512.Load(values + i));
            }

            if (i < tiles)
            {
                sum.Add(Lanes.Load(values + i, tiles - i));
            }

            return (float)sum.Total;
        }
    }
}
