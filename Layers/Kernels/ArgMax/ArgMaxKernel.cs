using System.Runtime.Intrinsics;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.ArgMax;

/// <summary>
/// The k largest along the middle axis of [outer, length, inner], largest first, of equals the larger index first. A
/// NaN is below all numbers.
/// </summary>
internal static unsafe class ArgMaxKernel
{
    /// <summary>Writes rank r of place i of item o to <c>[o * stride + r * inner + i]</c>.</summary>
    /// <param name="x">The values.</param>
    /// <param name="indices">Where the indices go; null for nowhere.</param>
    /// <param name="values">Where the values go; null for nowhere.</param>
    /// <param name="outer">Places before.</param>
    /// <param name="length">Values to choose from, k or more.</param>
    /// <param name="inner">Places after.</param>
    /// <param name="k">How many.</param>
    /// <param name="stride">From one item's results to the next's.</param>
    /// <param name="pool">The threads to compute with.</param>
    public static void Run(
        float* x, float* indices, float* values, int outer, int length, int inner, int k, long stride, WorkerPool pool)
    {
        var job = new Job
        {
            X = x, Indices = indices, Values = values, Length = length, Inner = inner, K = k, Stride = stride,
            Split = new PositionParts(outer, length, inner), Pool = pool,
        };
        pool.Run(job.Split.Count, ref job);
    }

    private struct Job : IParts
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
                int i = start;
                for (; K == 1 && i <= end - Vector512<float>.Count; i += Vector512<float>.Count)
                {
                    Columns(from + i, (item * Stride) + i);
                }

                for (; i < end; i++)
                {
                    if (K == 1 && Inner == 1)
                    {
                        var (value, index) = Row(from);
                        Put((item * Stride) + i, value, index);
                    }
                    else
                    {
                        best.Find(from + i, Length, Inner);
                        for (int rank = 0; rank < K; rank++)
                        {
                            Put((item * Stride) + ((long)rank * Inner) + i, best.Value(rank), best.Index(rank));
                        }
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

        // Sixteen places side by side.
        private readonly void Columns(float* from, long at)
        {
            Vector512<float> value = Vector512.Load(from), index = Vector512<float>.Zero;
            for (int c = 1; c < Length; c++)
            {
                Vector512<float> next = Vector512.Load(from + ((long)c * Inner));
                Vector512<float> wins = Wins(next, value);
                value = Vector512.ConditionalSelect(wins, next, value);
                index = Vector512.ConditionalSelect(wins, Vector512.Create((float)c), index);
            }

            if (Indices != null)
            {
                index.Store(Indices + at);
            }

            if (Values != null)
            {
                value.Store(Values + at);
            }
        }

        // Each lane has the best of every sixteenth value; then the best of the lanes and of what is left.
        private readonly (float Value, int Index) Row(float* from)
        {
            float value = from[0];
            int index = 0, i = 0;
            if (Length >= Vector512<float>.Count)
            {
                Vector512<float> best = Vector512.Load(from);
                Vector512<int> at = Vector512<int>.Indices, bestAt = at;
                for (i = Vector512<float>.Count; i <= Length - Vector512<float>.Count; i += Vector512<float>.Count)
                {
                    at += Vector512.Create(Vector512<float>.Count);
                    Vector512<float> next = Vector512.Load(from + i), wins = Wins(next, best);
                    best = Vector512.ConditionalSelect(wins, next, best);
                    bestAt = Vector512.ConditionalSelect(wins.AsInt32(), at, bestAt);
                }

                (value, index) = (best[0], bestAt[0]);
                for (int lane = 1; lane < Vector512<float>.Count; lane++)
                {
                    if (LargestValues.IsBelow(value, index, best[lane], bestAt[lane]))
                    {
                        (value, index) = (best[lane], bestAt[lane]);
                    }
                }
            }

            for (; i < Length; i++)
            {
                if (LargestValues.IsBelow(value, index, from[i], i))
                {
                    (value, index) = (from[i], i);
                }
            }

            return (value, index);
        }

        // Later values win unless they are smaller; a NaN wins over another alone.
        private static Vector512<float> Wins(Vector512<float> next, Vector512<float> best) =>
            ~Vector512.LessThan(next, best) & (Vector512.Equals(next, next) | ~Vector512.Equals(best, best));
    }
}
