using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.ArgMax;

/// <summary>
/// Finds the k largest values along the middle axis of [outer, length, inner], largest first and, among equals, the
/// larger index first. A NaN ranks below all numbers.
/// </summary>
internal static unsafe class ArgMaxKernel
{
    /// <summary>Writes rank r of position i of item o to <c>[o * stride + r * inner + i]</c>.</summary>
    /// <param name="x">The values.</param>
    /// <param name="indices">Receives the indices; null if they are not wanted.</param>
    /// <param name="values">Receives the values; null if they are not wanted.</param>
    /// <param name="outer">Positions before the axis.</param>
    /// <param name="length">Length of the axis, k or more.</param>
    /// <param name="inner">Positions after the axis.</param>
    /// <param name="k">How many to find.</param>
    /// <param name="stride">Distance between the results of consecutive items.</param>
    /// <param name="pool">The threads to compute with.</param>
    public static void Run(
        float* x, float* indices, float* values, int outer, int length, int inner, int k, long stride, WorkerPool pool)
    {
        KernelGuard.Array(x, outer, length, inner);
        KernelGuard.Size(length - k);
        if (outer > 0 && (long)k * inner > 0)
        {
            KernelGuard.ArrayOrNull(indices, ((outer - 1) * stride) + ((long)k * inner));
            KernelGuard.ArrayOrNull(values, ((outer - 1) * stride) + ((long)k * inner));
        }

        var job = new Job
        {
            X = x, Indices = indices, Values = values, Length = length, Inner = inner, K = k, Stride = stride,
            Split = new PositionParts(outer, length, inner), Pool = pool,
        };
        pool.Run(job.Split.Count, ref job);
    }

    private struct Job : IParallelJob
    {
        public float* X, Indices, Values;
        public int Length, Inner, K;
        public long Stride;
        public PositionParts Split;
        public WorkerPool Pool;

        public readonly void Run(int part, int worker)
        {
            var (first, last, start, end) = Split.Block(part);
            var best = new LargestValues(Pool.Scratch(worker, ScratchSlot.Layer, 2L * K), K);
            for (int item = first; item < last; item++)
            {
                float* from = X + ((long)item * Length * Inner);
                if (K == 1 && Inner == 1)
                {
                    var (value, index) = Row(from);
                    Put(item * Stride, value, index);
                    continue;
                }

                for (int i = start; K == 1 && i < end; i += Lanes.Width)
                {
                    Columns(from + i, (item * Stride) + i, end - i);
                }

                for (int i = start; K > 1 && i < end; i++)
                {
                    best.Find(from + i, Length, Inner);
                    for (int rank = 0; rank < K; rank++)
                    {
                        Put((item * Stride) + ((long)rank * Inner) + i, best.Value(rank), best.Index(rank));
                    }
                }
            }
        }

        private readonly void Put(long at, float value, int index)
        {
            if (Indices != null)
            {
                Indices[at] = index;
            }

            if (Values != null)
            {
                Values[at] = value;
            }
        }

        // Sixteen positions side by side, or as many as remain.
        private readonly void Columns(float* from, long at, int left)
        {
            Vector512<float> value = Lanes.Load(from, left), index = Vector512<float>.Zero;
            for (int c = 1; c < Length; c++)
            {
                Vector512<float> next = Lanes.Load(from + ((long)c * Inner), left);
                Vector512<float> wins = Wins(next, value);
                value = Vector512.ConditionalSelect(wins, next, value);
                index = Vector512.ConditionalSelect(wins, Vector512.Create((float)c), index);
            }

            if (Indices != null)
            {
                Lanes.Store(index, Indices + at, left);
            }

            if (Values != null)
            {
                Lanes.Store(value, Values + at, left);
            }
        }

        // Each lane keeps the best of every sixteenth value; at the end the best lane wins.
        private readonly (float Value, int Index) Row(float* from)
        {
            Vector512<float> best = Lanes.Load(from, Length);
            Vector512<int> at = Vector512<int>.Indices, bestAt = at;
            int i = Lanes.Width;
            for (; i <= Length - Lanes.Width; i += Lanes.Width)
            {
                at += Vector512.Create(Lanes.Width);
                Vector512<float> next = Vector512.Load(from + i), wins = Wins(next, best);
                best = Vector512.ConditionalSelect(wins, next, best);
                bestAt = Vector512.ConditionalSelect(wins.AsInt32(), at, bestAt);
            }

            if (i < Length)
            {
                at += Vector512.Create(Lanes.Width);
                Vector512<float> next = Lanes.Load(from + i, Length - i);
                Vector512<float> wins = Lanes.First(Wins(next, best), Length - i);
                best = Vector512.ConditionalSelect(wins, next, best);
                bestAt = Vector512.ConditionalSelect(wins.AsInt32(), at, bestAt);
            }

            var (value, index) = (best[0], bestAt[0]);
            for (int lane = 1; lane < Math.Min(Lanes.Width, Length); lane++)
            {
                if (LargestValues.IsBelow(value, index, best[lane], bestAt[lane]))
                {
                    (value, index) = (best[lane], bestAt[lane]);
                }
            }

            return (value, index);
        }

        // A later value wins unless it is smaller; a NaN wins only over another NaN.
        private static Vector512<float> Wins(Vector512<float> next, Vector512<float> best) =>
            ~Vector512.LessThan(next, best) & (Vector512.Equals(next, next) | ~Vector512.Equals(best, best));
    }
}
