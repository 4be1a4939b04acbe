using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Losses;

/// <summary>
/// The logarithmic loss of probabilities p [outer, channels, inner] at the classes that labels [outer, inner] name;
/// negative labels do not count.
/// </summary>
internal static unsafe class LogLossKernel
{
    /// <summary>Computes <c>-sum log(max(p_label, floor))</c>.</summary>
    public static double Sum(
        float* p, int* labels, int outer, int channels, int inner, float floor, WorkerPool pool)
    {
        KernelGuard.Array(p, outer, channels, inner);
        KernelGuard.Array(labels, outer, inner);
        int positions = checked(outer * inner);
        return FixedOrderSum.Run(
            new LogSum(p, labels, positions, channels, inner, floor), ElementParts.Count(positions), pool);
    }

    /// <summary>
    /// Computes the gradient through a softmax: <c>dx = (p - onehot) scale</c>, 0 where the label is negative.
    /// </summary>
    public static void SoftmaxGradient(
        float* p, int* labels, float* dx, int outer, int channels, int inner, float scale, WorkerPool pool)
    {
        KernelGuard.Array(p, outer, channels, inner);
        KernelGuard.Array(labels, outer, inner);
        KernelGuard.Array(dx, outer, channels, inner);
        KernelGuard.SameOrApart(p, dx, (long)outer * channels * inner);
        var parts = new PositionParts(outer, channels, inner);
        var job = new SoftmaxGradientJob(parts, p, labels, dx, channels, inner, scale);
        pool.Run(parts.Count, ref job);
    }

    /// <summary>
    /// Computes the gradient for p [outer, channels]: <c>dp_label = -scale / max(p_label, floor)</c>, 0 elsewhere.
    /// </summary>
    public static void Gradient(
        float* p, int* labels, float* dp, int outer, int channels, float floor, float scale, WorkerPool pool)
    {
        KernelGuard.Array(p, outer, channels);
        KernelGuard.Array(labels, outer);
        KernelGuard.Array(dp, outer, channels);
        KernelGuard.Apart(p, (long)outer * channels, dp, (long)outer * channels);
        var parts = new PositionParts(outer, channels, 1);
        var job = new GradientJob(parts, p, labels, dp, channels, floor, scale);
        pool.Run(parts.Count, ref job);
    }

    private readonly struct LogSum(
        float* p, int* labels, int positions, int channels, int inner, float floor) : IPartialSum
    {
        public double Sum(int part)
        {
            var (start, end) = ElementParts.Range(part, positions);
            int item = start / inner, place = start % inner;
            float* values = stackalloc float[Lanes.Width];
            WideSum sum = default;
            for (int i = start; i < end; i += Lanes.Width)
            {
                // The tail of the last vector is 1, whose logarithm adds nothing.
                for (int j = 0; j < Lanes.Width; j++)
                {
                    values[j] = 1;
                    if (i + j < end)
                    {
                        int label = labels[i + j];
                        values[j] = label < 0 ? 1 : p[((((long)item * channels) + label) * inner) + place];
                        if (++place == inner)
                        {
                            (item, place) = (item + 1, 0);
                        }
                    }
                }

                sum.Add(Vector512.Log(Vector512.Max(Vector512.Load(values), Vector512.Create(floor))));
            }

            return -sum.Total;
        }
    }

    private readonly struct SoftmaxGradientJob(
        PositionParts parts, float* p, int* labels, float* dx, int channels, int inner, float scale) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            var (item, endItem, start, end) = parts.Block(part);
            for (; item < endItem; item++)
            {
                long at = (long)item * channels * inner;
                if (inner == 1)
                {
                    Row(p + at, dx + at, labels[item]);
                    continue;
                }

                for (int c = 0; c < channels; c++)
                {
                    long row = at + ((long)c * inner);
                    Channel(c, p + row, dx + row, labels + ((long)item * inner), start, end);
                }
            }
        }

        private void Row(float* from, float* to, int label)
        {
            if (label < 0)
            {
                new Span<float>(to, channels).Clear();
                return;
            }

            int i = 0;
            for (; i <= channels - Lanes.Width; i += Lanes.Width)
            {
                (Vector512.Load(from + i) * scale).Store(to + i);
            }

            if (i < channels)
            {
                Lanes.Store(Lanes.Load(from + i, channels - i) * scale, to + i, channels - i);
            }

            to[label] -= scale;
        }

        private void Channel(int channel, float* from, float* to, int* labels, int i, int end)
        {
            for (; i <= end - Lanes.Width; i += Lanes.Width)
            {
                Compute(channel, from + i, to + i, labels + i, Lanes.Width);
            }

            if (i < end)
            {
                Compute(channel, from + i, to + i, labels + i, end - i);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Compute(int channel, float* from, float* to, int* labels, int left)
        {
            Vector512<float> factor = Vector512.Create(scale);
            Vector512<int> label = Lanes.Load(labels, left);
            Vector512<float> isOwn = Vector512.Equals(label, Vector512.Create(channel)).AsSingle();
            Vector512<float> isIgnored = Vector512.LessThan(label, Vector512<int>.Zero).AsSingle();
            Vector512<float> value = (Lanes.Load(from, left) * factor) - (factor & isOwn);
            Lanes.Store(Vector512.AndNot(value, isIgnored), to, left);
        }
    }

    private readonly struct GradientJob(
        PositionParts parts, float* p, int* labels, float* dp, int channels, float floor, float scale) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            var (item, endItem, _, _) = parts.Block(part);
            for (; item < endItem; item++)
            {
                long at = (long)item * channels;
                new Span<float>(dp + at, channels).Clear();
                if (labels[item] >= 0)
                {
                    dp[at + labels[item]] = -scale / MathF.Max(p[at + labels[item]], floor);
                }
            }
        }
    }
}
