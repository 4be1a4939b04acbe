using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Losses;

/// <summary>
/// Finds which predictions are right, from scores [outer, channels, inner] and labels [outer, inner]; negative labels
/// are ignored.
/// </summary>
internal static unsafe class AccuracyKernel
{
    /// <summary>
    /// Writes 1 to <paramref name="right"/> [outer, inner] where fewer than <paramref name="topK"/> other classes score
    /// at least as much as the label's class, otherwise 0. A NaN score, on either side, counts against the label.
    /// </summary>
    /// <returns>The number of right predictions.</returns>
    public static double Run(
        float* scores, int* labels, float* right, int outer, int channels, int inner, int topK, WorkerPool pool)
    {
        KernelGuard.Array(scores, outer, channels, inner);
        KernelGuard.Array(labels, outer, inner);
        KernelGuard.Array(right, outer, inner);
        KernelGuard.Apart(scores, (long)outer * channels * inner, right, (long)outer * inner);
        var parts = new PositionParts(outer, channels, inner);
        return FixedOrderSum.Run(new Count(parts, scores, labels, right, channels, inner, topK), parts.Count, pool);
    }

    private readonly struct Count(
        PositionParts parts, float* scores, int* labels, float* right, int channels, int inner, int topK) : IPartialSum
    {
        public double Sum(int part)
        {
            var (item, endItem, start, end) = parts.Block(part);
            long sum = 0;
            for (; item < endItem; item++)
            {
                float* from = scores + ((long)item * channels * inner);
                int* label = labels + ((long)item * inner);
                float* to = right + ((long)item * inner);
                if (inner == 1)
                {
                    bool isRight = label[0] >= 0 && RowBetter(from, label[0]) < topK;
                    to[0] = isRight ? 1 : 0;
                    sum += isRight ? 1 : 0;
                    continue;
                }

                int i = start;
                for (; i <= end - Lanes.Width; i += Lanes.Width)
                {
                    sum += Columns(from + i, label + i, to + i, Lanes.Width);
                }

                if (i < end)
                {
                    sum += Columns(from + i, label + i, to + i, end - i);
                }
            }

            return sum;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private int Columns(float* from, int* label, float* to, int left)
        {
            float* own = stackalloc float[Lanes.Width];
            for (int j = 0; j < Lanes.Width; j++)
            {
                own[j] = j >= left || label[j] < 0 ? float.NaN : from[((long)label[j] * inner) + j];
            }

            Vector512<float> bound = Vector512.Load(own);
            Vector512<int> better = Vector512<int>.Zero;
            for (int c = 0; c < channels; c++)
            {
                better -= ~Vector512.LessThan(Lanes.Load(from + ((long)c * inner), left), bound).AsInt32();
            }

            // The count includes the label's own score, which is not less than itself.
            Vector512<float> isRight = Vector512.LessThanOrEqual(better, Vector512.Create(topK)).AsSingle()
                & Vector512.GreaterThanOrEqual(Lanes.Load(label, left), Vector512<int>.Zero).AsSingle();
            Lanes.Store(Vector512<float>.One & isRight, to, left);
            return -Vector512.Sum(Lanes.First(isRight, left).AsInt32());
        }

        private int RowBetter(float* row, int label)
        {
            int better = -1, c = 0;
            Vector512<float> own = Vector512.Create(row[label]);
            for (; c <= channels - Lanes.Width; c += Lanes.Width)
            {
                better += NotLess(row + c, Lanes.Width, own);
            }

            return c < channels ? better + NotLess(row + c, channels - c, own) : better;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static int NotLess(float* row, int left, Vector512<float> own)
        {
            Vector512<float> notLess = Lanes.First(~Vector512.LessThan(Lanes.Load(row, left), own), left);
            return BitOperations.PopCount(notLess.ExtractMostSignificantBits());
        }
    }
}
