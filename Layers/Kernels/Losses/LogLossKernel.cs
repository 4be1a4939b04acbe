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
    /// <summary>The smallest normal float, FLT_MIN: below it no logarithm of a probability is taken.</summary>
    public const float SmallestNormal = 1.17549435e-38f;

    /// <summary>
    /// Computes <c>-sum w log(max(p_label, floor))</c>, where w are weights [outer, inner], or null for 1.
    /// </summary>
    public static double Sum(
        float* p, int* labels, int outer, int channels, int inner, float floor, WorkerPool pool, float* weights = null)
    {
        KernelGuard.Array(p, outer, channels, inner);
        KernelGuard.Array(labels, outer, inner);
        KernelGuard.ArrayOrNull(weights, outer, inner);
        int positions = checked(outer * inner);
        return FixedOrderSum.Run(
            new LogSum(p, labels, positions, channels, inner, floor, weights), ElementParts.Count(positions), pool);
    }

    /// <summary>
    /// Computes <c>-log(max(p_label, floor))</c> at each position, 0 where the label is negative.
    /// </summary>
    public static void Each(
        float* p, int* labels, float* losses, int outer, int channels, int inner, float floor, WorkerPool pool)
    {
        KernelGuard.Array(p, outer, channels, inner);
        KernelGuard.Array(labels, outer, inner);
        KernelGuard.Array(losses, outer, inner);
        int positions = checked(outer * inner);
        var job = new EachJob(new LogSum(p, labels, positions, channels, inner, floor), losses);
        pool.Run(ElementParts.Count(positions), ref job);
    }

    /// <summary>
    /// Computes <c>-sum log(max(p_c, floor))</c> over all classes c of the positions whose label is not negative.
    /// </summary>
    public static double SumOfAll(
        float* p, int* labels, int outer, int channels, int inner, float floor, WorkerPool pool)
    {
        KernelGuard.Array(p, outer, channels, inner);
        KernelGuard.Array(labels, outer, inner);
        var parts = new PositionParts(outer, channels, inner);
        return FixedOrderSum.Run(new LogSumOfAll(parts, p, labels, channels, inner, floor), parts.Count, pool);
    }

    /// <summary>
    /// Computes the gradient through a softmax: <c>dx = (p - target) w scale</c>, 0 where the label is negative; the
    /// target is <c>(1 - smoothing) onehot + smoothing / channels</c>, w are weights [outer, inner], or null for 1.
    /// </summary>
    public static void SoftmaxGradient(
        float* p, int* labels, float* dx, int outer, int channels, int inner, float scale, WorkerPool pool,
        float smoothing = 0, float* weights = null)
    {
        KernelGuard.Array(p, outer, channels, inner);
        KernelGuard.Array(labels, outer, inner);
        KernelGuard.ArrayOrNull(weights, outer, inner);
        KernelGuard.Array(dx, outer, channels, inner);
        KernelGuard.SameOrApart(p, dx, (long)outer * channels * inner);
        var parts = new PositionParts(outer, channels, inner);
        var job = new SoftmaxGradientJob(parts, p, labels, dx, channels, inner, scale, smoothing, weights);
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
        float* p, int* labels, int positions, int channels, int inner, float floor, float* weights = null) : IPartialSum
    {
        public double Sum(int part) => Run(part, null);

        // Stores the losses unless losses is null.
        public double Run(int part, float* losses)
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

                Vector512<float> log = Vector512.Log(Vector512.Max(Vector512.Load(values), Vector512.Create(floor)));
                sum.Add(weights == null ? log : log * Lanes.Load(weights + i, end - i));
                if (losses != null)
                {
                    Lanes.Store(Vector512<float>.Zero - log, losses + i, end - i);
                }
            }

            return -sum.Total;
        }
    }

    private readonly struct EachJob(LogSum sums, float* losses) : IParallelJob
    {
        public void Run(int part, int worker) => sums.Run(part, losses);
    }

    private readonly struct LogSumOfAll(
        PositionParts parts, float* p, int* labels, int channels, int inner, float floor) : IPartialSum
    {
        public double Sum(int part)
        {
            var (item, endItem, start, end) = parts.Block(part);
            WideSum sum = default;
            for (; item < endItem; item++)
            {
                float* from = p + ((long)item * channels * inner);
                int* label = labels + ((long)item * inner);
                if (inner == 1)
                {
                    for (int c = 0; c < channels && *label >= 0; c += Lanes.Width)
                    {
                        sum.Add(Lanes.First(Log(from + c, channels - c), channels - c));
                    }

                    continue;
                }

                for (int i = start; i < end; i += Lanes.Width)
                {
                    int left = Math.Min(Lanes.Width, end - i);
                    Vector512<float> counts = Vector512.GreaterThanOrEqual(
                        Lanes.Load(label + i, left), Vector512<int>.Zero).AsSingle();
                    for (int c = 0; c < channels; c++)
                    {
                        sum.Add(Lanes.First(counts & Log(from + ((long)c * inner) + i, left), left));
                    }
                }
            }

            return -sum.Total;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Vector512<float> Log(float* from, int left) =>
            Vector512.Log(Vector512.Max(Lanes.Load(from, left), Vector512.Create(floor)));
    }

    private readonly struct SoftmaxGradientJob(
        PositionParts parts, float* p, int* labels, float* dx, int channels, int inner, float scale, float smoothing,
        float* weights) : IParallelJob
    {
        private readonly float everywhere = smoothing / channels;
        private readonly float own = 1 - smoothing;

        public void Run(int part, int worker)
        {
            var (item, endItem, start, end) = parts.Block(part);
            for (; item < endItem; item++)
            {
                long at = (long)item * channels * inner;
                if (inner == 1)
                {
                    Row(p + at, dx + at, labels[item], weights == null ? scale : scale * weights[item]);
                    continue;
                }

                for (int c = 0; c < channels; c++)
                {
                    long row = at + ((long)c * inner);
                    Channel(c, p + row, dx + row, (long)item * inner, start, end);
                }
            }
        }

        private void Row(float* from, float* to, int label, float factor)
        {
            if (label < 0)
            {
                new Span<float>(to, channels).Clear();
                return;
            }

            Vector512<float> target = Vector512.Create(everywhere);
            int i = 0;
            for (; i <= channels - Lanes.Width; i += Lanes.Width)
            {
                ((Vector512.Load(from + i) - target) * factor).Store(to + i);
            }

            if (i < channels)
            {
                Lanes.Store((Lanes.Load(from + i, channels - i) - target) * factor, to + i, channels - i);
            }

            to[label] -= factor * own;
        }

        private void Channel(int channel, float* from, float* to, long position, int i, int end)
        {
            for (; i <= end - Lanes.Width; i += Lanes.Width)
            {
                Compute(channel, from + i, to + i, position + i, Lanes.Width);
            }

            if (i < end)
            {
                Compute(channel, from + i, to + i, position + i, end - i);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Compute(int channel, float* from, float* to, long position, int left)
        {
            Vector512<float> factor = Vector512.Create(scale), target = Vector512.Create(everywhere);
            factor = weights == null ? factor : factor * Lanes.Load(weights + position, left);
            Vector512<int> label = Lanes.Load(labels + position, left);
            Vector512<float> isOwn = Vector512.Equals(label, Vector512.Create(channel)).AsSingle();
            Vector512<float> isIgnored = Vector512.LessThan(label, Vector512<int>.Zero).AsSingle();
            Vector512<float> value = ((Lanes.Load(from, left) - target) * factor) - (factor * own & isOwn);
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
