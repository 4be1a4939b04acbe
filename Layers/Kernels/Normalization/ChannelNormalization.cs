using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Normalization;

/// <summary>
/// Normalises each channel of [images, channels, inner] to mean 0 and deviation 1, <c>y = (x - mean) inverse</c>, with
/// the gradient <c>dx = (dy - mean(dy) - y mean(dy y)) inverse</c> (Ioffe and Szegedy, "Batch normalization", ICML
/// 2015, section 3).
/// </summary>
internal static unsafe class ChannelNormalization
{
    /// <summary>Computes the mean and the biased variance of each channel.</summary>
    /// <param name="x">[images, channels, inner]; no dimension is 0.</param>
    /// <param name="images">Images.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="inner">Values of a channel in an image.</param>
    /// <param name="mean">[channels].</param>
    /// <param name="meanRest">The rounding error of the mean, exact minus rounded, [channels].</param>
    /// <param name="variance">[channels].</param>
    /// <param name="pool">The threads.</param>
    public static void Moments(
        float* x, int images, int channels, int inner, float* mean, float* meanRest, float* variance, WorkerPool pool)
    {
        KernelGuard.Array(x, images, channels, inner);
        KernelGuard.Array(mean, channels);
        KernelGuard.Array(meanRest, channels);
        KernelGuard.Array(variance, channels);

        // A channel's first value is nearer to its mean than 0 is, and makes the variance of a constant exactly 0.
        for (int c = 0; c < channels; c++)
        {
            float first = x[(nint)c * inner];
            variance[c] = float.IsFinite(first) ? first : 0;
        }

        var sums = (double*)pool.Scratch(0, ScratchSlot.Layer, 4L * channels);
        ChannelSums.Run(x, variance, x, variance, images, channels, inner, sums, pool);
        double count = (double)images * inner;
        for (int c = 0; c < channels; c++)
        {
            double beyond = sums[2 * c] / count, exact = variance[c] + beyond;
            mean[c] = (float)exact;
            meanRest[c] = (float)(exact - mean[c]);
            double square = (sums[(2 * c) + 1] / count) - (beyond * beyond);
            variance[c] = (float)(square < 0 ? 0 : square);
        }
    }

    /// <summary>Computes y from x; they may be the same.</summary>
    /// <param name="x">[images, channels, inner].</param>
    /// <param name="y">[images, channels, inner].</param>
    /// <param name="kept">Where to save x, for work in place; null if it need not be saved.</param>
    /// <param name="images">Images.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="inner">Values of a channel in an image.</param>
    /// <param name="statistics">Mean, its rounding error and the inverse deviation, [channels] each.</param>
    /// <param name="pool">The threads.</param>
    public static void Forward(
        float* x, float* y, float* kept, int images, int channels, int inner, ChannelStatistics statistics,
        WorkerPool pool)
    {
        KernelGuard.Array(x, images, channels, inner);
        KernelGuard.Array(y, images, channels, inner);
        KernelGuard.ArrayOrNull(kept, images, channels, inner);
        KernelGuard.SameOrApart(x, y, (long)images * channels * inner);
        KernelGuard.SameOrApart(x, kept, (long)images * channels * inner);
        var job = new ForwardJob(x, y, kept, statistics);
        ChannelRuns.Run(ref job, images, channels, inner, pool);
    }

    /// <summary>Computes dx from x and dy; dx and dy may be the same.</summary>
    /// <param name="x">[images, channels, inner]; no dimension is 0.</param>
    /// <param name="dy">[images, channels, inner].</param>
    /// <param name="dx">[images, channels, inner].</param>
    /// <param name="images">Images.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="inner">Values of a channel in an image.</param>
    /// <param name="statistics">Mean, its rounding error and the inverse deviation, [channels] each.</param>
    /// <param name="pool">The threads.</param>
    public static void Backward(
        float* x, float* dy, float* dx, int images, int channels, int inner, ChannelStatistics statistics,
        WorkerPool pool)
    {
        KernelGuard.Array(x, images, channels, inner);
        KernelGuard.Array(dy, images, channels, inner);
        KernelGuard.Array(dx, images, channels, inner);
        KernelGuard.SameOrApart(dy, dx, (long)images * channels * inner);
        float* scratch = pool.Scratch(0, ScratchSlot.Layer, (4L + 2) * channels);
        var sums = (double*)scratch;
        float* meanDy = scratch + (4 * (nint)channels), meanDyY = meanDy + channels;
        ChannelSums.Run(dy, null, x, statistics.Mean, images, channels, inner, sums, pool);
        double count = (double)images * inner;
        for (int c = 0; c < channels; c++)
        {
            double mean = sums[2 * c] / count;
            meanDy[c] = (float)mean;
            meanDyY[c] = (float)(((sums[(2 * c) + 1] / count) - (mean * statistics.Rest[c])) * statistics.Inverse[c]);
        }

        var job = new BackwardJob(x, dy, dx, statistics, meanDy, meanDyY);
        ChannelRuns.Run(ref job, images, channels, inner, pool);
    }

    private readonly struct ForwardJob(float* x, float* y, float* kept, ChannelStatistics statistics) : IChannelRun
    {
        public void Run(nint at, int count, int channel, bool spread)
        {
            ChannelVector mean = new(statistics.Mean + channel, spread), rest = new(statistics.Rest + channel, spread);
            ChannelVector inverse = new(statistics.Inverse + channel, spread);
            int i = 0;
            for (; i <= count - Lanes.Width; i += Lanes.Width)
            {
                Write(
                    at + i, Lanes.Width, mean.At(i, Lanes.Width), rest.At(i, Lanes.Width), inverse.At(i, Lanes.Width));
            }

            if (i < count)
            {
                int left = count - i;
                Write(at + i, left, mean.At(i, left), rest.At(i, left), inverse.At(i, left));
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Write(nint at, int count, Vector512<float> mean, Vector512<float> rest, Vector512<float> inverse)
        {
            Vector512<float> values = Lanes.Load(x + at, count);
            if (kept != null)
            {
                Lanes.Store(values, kept + at, count);
            }

            Lanes.Store((values - mean - rest) * inverse, y + at, count);
        }
    }

    private readonly struct BackwardJob(
        float* x, float* dy, float* dx, ChannelStatistics statistics, float* meanDy, float* meanDyY) : IChannelRun
    {
        public void Run(nint at, int count, int channel, bool spread)
        {
            ChannelVector mean = new(statistics.Mean + channel, spread), rest = new(statistics.Rest + channel, spread);
            ChannelVector inverse = new(statistics.Inverse + channel, spread);
            ChannelVector first = new(meanDy + channel, spread), second = new(meanDyY + channel, spread);
            int i = 0;
            for (; i <= count - Lanes.Width; i += Lanes.Width)
            {
                Vector512<float> factor = inverse.At(i, Lanes.Width);
                Vector512<float> y = Normalised(
                    at + i, Lanes.Width, mean.At(i, Lanes.Width), rest.At(i, Lanes.Width), factor);
                Write(at + i, Lanes.Width, y, first.At(i, Lanes.Width), second.At(i, Lanes.Width), factor);
            }

            if (i < count)
            {
                int left = count - i;
                Vector512<float> factor = inverse.At(i, left);
                Vector512<float> y = Normalised(at + i, left, mean.At(i, left), rest.At(i, left), factor);
                Write(at + i, left, y, first.At(i, left), second.At(i, left), factor);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Vector512<float> Normalised(
            nint at, int count, Vector512<float> mean, Vector512<float> rest, Vector512<float> factor) =>
            (Lanes.Load(x + at, count) - mean - rest) * factor;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Write(
            nint at, int count, Vector512<float> y, Vector512<float> first, Vector512<float> second,
            Vector512<float> factor) =>
            Lanes.Store((Lanes.Load(dy + at, count) - first - (y * second)) * factor, dx + at, count);
    }
}
