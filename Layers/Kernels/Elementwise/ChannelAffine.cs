using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary>Applies a factor and an addend to each channel of [images, channels, pixels].</summary>
internal static unsafe class ChannelAffine
{
    /// <summary>
    /// Computes <c>y[n, c, p] = x[n, c, p] * factors[c] * common + addends[c]</c>; x and y may be the same.
    /// </summary>
    /// <param name="x">[images, channels, pixels].</param>
    /// <param name="y">[images, channels, pixels].</param>
    /// <param name="factors">[channels], or null for 1.</param>
    /// <param name="common">A factor for all channels.</param>
    /// <param name="addends">[channels], or null for 0.</param>
    /// <param name="images">Images.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="pixels">Values of a channel in an image.</param>
    /// <param name="pool">The threads.</param>
    public static void Run(
        float* x, float* y, float* factors, float common, float* addends, int images, int channels, int pixels,
        WorkerPool pool)
    {
        KernelGuard.Array(x, images, channels, pixels);
        KernelGuard.Array(y, images, channels, pixels);
        KernelGuard.ArrayOrNull(factors, channels);
        KernelGuard.ArrayOrNull(addends, channels);
        KernelGuard.SameOrApart(x, y, (long)images * channels * pixels);
        var job = new Job
        {
            X = x, Y = y, Factors = factors, Common = common, Addends = addends,
            Count = checked(images * channels * pixels), Channels = channels, Pixels = pixels,
        };
        pool.Run(ElementParts.Count(job.Count), ref job);
    }

    private struct Job : IParallelJob
    {
        public float* X, Y, Factors, Addends;
        public float Common;
        public int Count, Channels, Pixels;

        public readonly void Run(int part, int worker)
        {
            var (at, end) = ElementParts.Range(part, Count);
            while (at < end)
            {
                int until = Math.Min(end, at - (at % Pixels) + Pixels), channel = at / Pixels % Channels;
                Row(
                    at, until, Vector512.Create(Factors == null ? Common : Factors[channel] * Common),
                    Vector512.Create(Addends == null ? 0 : Addends[channel]));
                at = until;
            }
        }

        private readonly void Row(int at, int until, Vector512<float> factor, Vector512<float> addend)
        {
            for (; at <= until - Lanes.Width; at += Lanes.Width)
            {
                Compute(at, Lanes.Width, factor, addend);
            }

            if (at < until)
            {
                Compute(at, until - at, factor, addend);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly void Compute(int at, int left, Vector512<float> factor, Vector512<float> addend) =>
            Lanes.Store((Lanes.Load(X + at, left) * factor) + addend, Y + at, left);
    }
}
