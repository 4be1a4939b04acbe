using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Losses;

/// <summary>
/// The logarithmic loss of probabilities p [outer, channels, inner] where each label pays for every class as its row of
/// the matrix H [channels, channels] says. Negative labels count nowhere.
/// </summary>
internal static unsafe class InfogainKernel
{
    /// <summary><c>-sum_i sum_k H[label_i, k] log(max(p_k, floor))</c>.</summary>
    public static double Sum(
        float* p, int* labels, float* matrix, int outer, int channels, int inner, float floor, WorkerPool pool)
    {
        var parts = new PositionParts(outer, channels, inner);
        return -FixedOrderSum.Run(new LogSum(parts, p, labels, matrix, channels, inner, floor), parts.Count, pool);
    }

    /// <summary>
    /// The gradient through a softmax: <c>dx_k = (p_k sum_j H[label, j] - H[label, k]) scale</c>, 0 where the label is
    /// negative; rowSums has room for the sums of H's rows.
    /// </summary>
    public static void SoftmaxGradient(
        float* p, int* labels, float* matrix, float* rowSums, float* dx, int outer, int channels, int inner,
        float scale, WorkerPool pool)
    {
        for (int row = 0; row < channels; row++)
        {
            double sum = 0;
            for (int k = 0; k < channels; k++)
            {
                sum += matrix[((long)row * channels) + k];
            }

            rowSums[row] = (float)sum;
        }

        var parts = new PositionParts(outer, channels, inner);
        var job = new GradientJob(parts, p, labels, matrix, rowSums, dx, channels, inner, scale);
        pool.Run(parts.Count, ref job);
    }

    private readonly struct LogSum(
        PositionParts parts, float* p, int* labels, float* matrix, int channels, int inner, float floor) : IPartSum
    {
        public double Sum(int part)
        {
            var (item, endItem, start, end) = parts.Block(part);
            WideSum sum = default;
            double rest = 0;
            for (; item < endItem; item++)
            {
                float* from = p + ((long)item * channels * inner);
                int* label = labels + ((long)item * inner);
                int i = start;
                if (inner == 1)
                {
                    rest += label[0] < 0 ? 0 : Row(from, matrix + ((long)label[0] * channels), ref sum);
                    continue;
                }

                for (; i <= end - Vector512<float>.Count; i += Vector512<float>.Count)
                {
                    Columns(from + i, label + i, ref sum);
                }

                for (; i < end; i++)
                {
                    for (int k = 0; label[i] >= 0 && k < channels; k++)
                    {
                        rest += Term(from[((long)k * inner) + i], matrix[((long)label[i] * channels) + k]);
                    }
                }
            }

            return sum.Total + rest;
        }

        private double Row(float* from, float* weights, ref WideSum sum)
        {
            int k = 0;
            for (; k <= channels - Vector512<float>.Count; k += Vector512<float>.Count)
            {
                Vector512<float> bounded = Vector512.Max(Vector512.Load(from + k), Vector512.Create(floor));
                sum.Add(Vector512.Load(weights + k) * Vector512.Log(bounded));
            }

            double rest = 0;
            for (; k < channels; k++)
            {
                rest += Term(from[k], weights[k]);
            }

            return rest;
        }

        private void Columns(float* from, int* label, ref WideSum sum)
        {
            float* weights = stackalloc float[Vector512<float>.Count];
            for (int k = 0; k < channels; k++)
            {
                for (int j = 0; j < Vector512<float>.Count; j++)
                {
                    weights[j] = label[j] < 0 ? 0 : matrix[((long)label[j] * channels) + k];
                }

                Vector512<int> counts = Vector512.GreaterThanOrEqual(Vector512.Load(label), Vector512<int>.Zero);
                Vector512<float> probability = Vector512.Load(from + ((long)k * inner));
                Vector512<float> bounded = Vector512.Max(probability, Vector512.Create(floor));
                sum.Add(Vector512.Load(weights) * Vector512.Log(bounded) & counts.AsSingle());
            }
        }

        private double Term(float probability, float weight) =>
            weight * (double)MathF.Log(MathF.Max(probability, floor));
    }

    private readonly struct GradientJob(
        PositionParts parts, float* p, int* labels, float* matrix, float* rowSums, float* dx, int channels, int inner,
        float scale) : IParts
    {
        public void Run(int part, int worker)
        {
            var (item, endItem, start, end) = parts.Block(part);
            for (; item < endItem; item++)
            {
                long at = (long)item * channels * inner;
                int* label = labels + ((long)item * inner);
                if (inner == 1)
                {
                    Row(p + at, label[0], dx + at);
                    continue;
                }

                for (int k = 0; k < channels; k++)
                {
                    long row = at + ((long)k * inner);
                    for (int i = start; i < end; i++)
                    {
                        dx[row + i] = label[i] < 0
                            ? 0
                            : ((p[row + i] * rowSums[label[i]]) - matrix[((long)label[i] * channels) + k]) * scale;
                    }
                }
            }
        }

        private void Row(float* from, int label, float* to)
        {
            if (label < 0)
            {
                new Span<float>(to, channels).Clear();
                return;
            }

            float* weights = matrix + ((long)label * channels);
            float sum = rowSums[label];
            int k = 0;
            for (; k <= channels - Vector512<float>.Count; k += Vector512<float>.Count)
            {
                (((Vector512.Load(from + k) * sum) - Vector512.Load(weights + k)) * scale).Store(to + k);
            }

            for (; k < channels; k++)
            {
                to[k] = ((from[k] * sum) - weights[k]) * scale;
            }
        }
    }
}
