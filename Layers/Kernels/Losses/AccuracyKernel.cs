using System.Numerics;
using System.Runtime.Intrinsics;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Losses;

/// <summary>
/// Which predictions are right: scores [outer, channels, inner], labels [outer, inner], negative ones ignored.
/// </summary>
internal static unsafe class AccuracyKernel
{
    /// <summary>
    /// Writes 1 to <paramref name="right"/> [outer, inner] where fewer than <paramref name="topK"/> other classes score
    /// as much as the label's or more, else 0. A score that is not a number, on either side, counts against the label.
    /// </summary>
    /// <returns>How many are right.</returns>
    public static double Run(
        float* scores, int* labels, float* right, int outer, int channels, int inner, int topK, WorkerPool pool)
    {
        var parts = new PositionParts(outer, channels, inner);
        return FixedOrderSum.Run(new Count(parts, scores, labels, right, channels, inner, topK), parts.Count, pool);
    }

    private readonly struct Count(
        PositionParts parts, float* scores, int* labels, float* right, int channels, int inner, int topK) : IPartSum
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
                int i = start;
                for (; inner > 1 && i <= end - Vector512<float>.Count; i += Vector512<float>.Count)
                {
                    sum += Columns(from + i, label + i, to + i);
                }

                for (; i < end; i++)
                {
                    bool isRight = label[i] >= 0
                        && (inner == 1 ? RowBetter(from, label[0]) : Better(from + i, label[i])) < topK;
                    to[i] = isRight ? 1 : 0;
                    sum += isRight ? 1 : 0;
                }
            }

            return sum;
        }

        private int Columns(float* from, int* label, float* to)
        {
            float* own = stackalloc float[Vector512<float>.Count];
            for (int j = 0; j < Vector512<float>.Count; j++)
            {
                own[j] = label[j] < 0 ? float.NaN : from[((long)label[j] * inner) + j];
            }

            Vector512<float> bound = Vector512.Load(own);
            Vector512<int> better = Vector512<int>.Zero;
            for (int c = 0; c < channels; c++)
            {
                better -= ~Vector512.LessThan(Vector512.Load(from + ((long)c * inner)), bound).AsInt32();
            }

            // The label's own score is never less than itself.
            Vector512<int> isRight = Vector512.LessThanOrEqual(better, Vector512.Create(topK))
                & Vector512.GreaterThanOrEqual(Vector512.Load(label), Vector512<int>.Zero);
            (Vector512<float>.One & isRight.AsSingle()).Store(to);
            return -Vector512.Sum(isRight);
        }

        private int RowBetter(float* row, int label)
        {
            int better = -1, c = 0;
            Vector512<float> own = Vector512.Create(row[label]);
            for (; c <= channels - Vector512<float>.Count; c += Vector512<float>.Count)
            {
                ulong less = Vector512.LessThan(Vector512.Load(row + c), own).ExtractMostSignificantBits();
                better += Vector512<float>.Count - BitOperations.PopCount(less);
            }

            for (; c < channels; c++)
            {
                better += row[c] < row[label] ? 0 : 1;
            }

            return better;
        }

        private int Better(float* column, int label)
        {
            float own = column[(long)label * inner];
            int better = -1;
            for (int c = 0; c < channels; c++)
            {
                better += column[(long)c * inner] < own ? 0 : 1;
            }

            return better;
        }
    }
}
