using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary>
/// The maximum over groups of adjacent channels of arrays [outer, channels, inner]; a part is one row of a top channel.
/// </summary>
internal static unsafe class MaxoutKernel
{
    /// <summary>Computes <c>y[c] = max of x[c pieces] to x[c pieces + pieces - 1]</c>.</summary>
    /// <param name="x">Values [rows * pieces, inner].</param>
    /// <param name="y">Result [rows, inner].</param>
    /// <param name="rows">Outer times top channels.</param>
    /// <param name="pieces">Channels per group.</param>
    /// <param name="inner">Values per channel.</param>
    /// <param name="pool">The threads to compute with.</param>
    public static void Forward(float* x, float* y, int rows, int pieces, int inner, WorkerPool pool)
    {
        KernelGuard.Array(x, rows, pieces, inner);
        KernelGuard.Array(y, rows, inner);
        KernelGuard.Apart(x, (long)rows * pieces * inner, y, (long)rows * inner);
        var job = new ForwardJob(x, y, pieces, inner);
        pool.Run(rows, ref job);
    }

    /// <summary>
    /// Passes the gradient to the first channel of a group that has the largest value, and 0 to the others.
    /// </summary>
    public static void Backward(
        float* x, float* y, float* dy, float* dx, int rows, int pieces, int inner, WorkerPool pool)
    {
        KernelGuard.Array(x, rows, pieces, inner);
        KernelGuard.Array(y, rows, inner);
        KernelGuard.Array(dy, rows, inner);
        KernelGuard.Array(dx, rows, pieces, inner);
        KernelGuard.Apart(dy, (long)rows * inner, dx, (long)rows * pieces * inner);
        var job = new BackwardJob(x, y, dy, dx, pieces, inner);
        pool.Run(rows, ref job);
    }

    private readonly struct ForwardJob(float* x, float* y, int pieces, int inner) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            float* from = x + ((long)part * pieces * inner), to = y + ((long)part * inner);
            new ReadOnlySpan<float>(from, inner).CopyTo(new Span<float>(to, inner));
            for (int piece = 1; piece < pieces; piece++)
            {
                from += inner;
                int i = 0;
                for (; i <= inner - Lanes.Width; i += Lanes.Width)
                {
                    Include(from + i, to + i, Lanes.Width);
                }

                if (i < inner)
                {
                    Include(from + i, to + i, inner - i);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Include(float* from, float* to, int left) =>
            Lanes.Store(Vector512.Max(Lanes.Load(to, left), Lanes.Load(from, left)), to, left);
    }

    private readonly struct BackwardJob(float* x, float* y, float* dy, float* dx, int pieces, int inner) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            long top = (long)part * inner, bottom = top * pieces;
            int i = 0;
            for (; i <= inner - Lanes.Width; i += Lanes.Width)
            {
                Share(top + i, bottom + i, Lanes.Width);
            }

            if (i < inner)
            {
                Share(top + i, bottom + i, inner - i);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Share(long top, long bottom, int left)
        {
            // Once a channel has taken the gradient, 0 remains.
            Vector512<float> remains = Lanes.Load(dy + top, left), largest = Lanes.Load(y + top, left);
            for (int piece = 0; piece < pieces; piece++)
            {
                long at = bottom + ((long)piece * inner);
                Vector512<float> wins = Vector512.Equals(Lanes.Load(x + at, left), largest);
                Lanes.Store(remains & wins, dx + at, left);
                remains = Vector512.AndNot(remains, wins);
            }
        }
    }
}
