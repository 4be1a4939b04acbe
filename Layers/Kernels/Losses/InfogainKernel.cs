using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Losses;

/// <summary>
/// The logarithmic loss of probabilities p [outer, channels, inner] where each label weights every class by its row of
/// the matrix H [channels, channels]. Negative labels do not count.
/// </summary>
internal static unsafe class InfogainKernel
{
    /// <summary>Computes <c>-sum_i sum_k H[label_i, k] log(max(p_k, floor))</c>.</summary>
    public static double Sum(
        float* p, int* labels, float* matrix, int outer, int channels, int inner, float floor, WorkerPool pool)
    {
        KernelGuard.Array(p, outer, channels, inner);
        KernelGuard.Array(labels, outer, inner);
        KernelGuard.Array(matrix, channels, channels);
        var parts = new PositionParts(outer, channels, inner);
        return -FixedOrderSum.Run(new LogSum(parts, p, labels, matrix, channels, inner, floor), parts.Count, pool);
    }

    /// <summary>
    /// Computes the gradient through a softmax: <c>dx_k = (p_k sum_j H[label, j] - H[label, k]) scale</c>, 0 where the
    /// label is negative. Writes the sums of H's rows to rowSums.
    /// </summary>
    public static void SoftmaxGradient(
        float* p, int* labels, float* matrix, float* rowSums, float* dx, int outer, int channels, int inner,
        float scale, WorkerPool pool)
    {
        KernelGuard.Array(p, outer, channels, inner);
        KernelGuard.Array(labels, outer, inner);
        KernelGuard.Array(matrix, channels, channels);
        KernelGuard.Array(rowSums, channels);
        KernelGuard.Array(dx, outer, channels, inner);
        KernelGuard.SameOrApart(p, dx, (long)outer * channels * inner);
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
        PositionParts parts, float* p, int* labels, float* matrix, int channels, int inner, float floor) : IPartialSum
    {
        public double Sum(int part)
        {
            var (item, endItem, start, end) = parts.Block(part);
            WideSum sum = default;
            for (; item < endItem; item++)
            {
                float* from = p + ((long)item * channels * inner);
                int* label = labels + ((long)item * inner);
                int i = start;
                if (inner == 1)
                {
                    if (label[0] >= 0)
                    {
                        Row(from, matrix + ((long)label[0] * channels), ref sum);
                    }

                    continue;
                }

                for (; i < end; i += Lanes.Width)
                {
                    Columns(from + i, label + i, Math.Min(Lanes.Width, end - i), ref sum);
                }
            }

            return sum.Total;
        }

        private void Row(float* from, float* weights, ref WideSum sum)
        {
            int k = 0;
            for (; k <= channels - Lanes.Width; k += Lanes.Width)
            {
                sum.Add(Terms(Vector512.Load(from + k), Vector512.Load(weights + k)));
            }

            if (k < channels)
            {
                int left = channels - k;
                sum.Add(Lanes.First(Terms(Lanes.Load(from + k, left), Lanes.Load(weights + k, left)), left));
            }
        }

        private void Columns(float* from, int* label, int left, ref WideSum sum)
        {
            float* weights = stackalloc float[Lanes.Width];
            new Span<float>(weights, Lanes.Width).Clear();
            Vector512<int> labels = Lanes.Load(label, left);
            Vector512<float> counts = Lanes.First(
                Vector512.GreaterThanOrEqual(labels, Vector512<int>.Zero).AsSingle(), left);
            for (int k = 0; k < channels; k++)
            {
                for (int j = 0; j < left; j++)
                {
                    weights[j] = label[j] < 0 ? 0 : matrix[((long)label[j] * channels) + k];
                }

                sum.Add(Terms(Lanes.Load(from + ((long)k * inner), left), Vector512.Load(weights)) & counts);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Vector512<float> Terms(Vector512<float> probabilities, Vector512<float> weights) =>
            weights * Vector512.Log(Vector512.Max(probabilities, Vector512.Create(floor)));
    }

    private readonly struct GradientJob(
        PositionParts parts, float* p, int* labels, float* matrix, float* rowSums, float* dx, int channels, int inner,
        float scale) : IParallelJob
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
            for (; k <= channels - Lanes.Width; k += Lanes.Width)
            {
                (((Vector512.Load(from + k) * sum) - Vector512.Load(weights + k)) * scale).Store(to + k);
            }

            if (k < channels)
            {
                int left = channels - k;
                Vector512<float> probabilities = Lanes.Load(from + k, left), weight = Lanes.Load(weights + k, left);
                Lanes.Store(((probabilities * sum) - weight) * scale, to + k, left);
            }
        }
    }
}
