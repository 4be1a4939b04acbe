using System.Runtime.Intrinsics;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary>A factor and an addend for each channel of [images, channels, pixels].</summary>
internal static unsafe class ChannelAffine
{
    /// <summary><c>y[n, c, p] = x[n, c, p] * factors[c] * common + addends[c]</c>; x and y may be the same.</summary>
    /// <param name="x">[images, channels, pixels].</param>
    /// <param name="y">[images, channels, pixels].</param>
    /// <param name="factors">[channels], or null for 1.</param>
    /// <param name="common">A factor of all channels.</param>
    /// <param name="addends">[channels], or null for 0.</param>
    /// <param name="images">Images.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="pixels">Values of a channel in an image.</param>
    /// <param name="pool">The threads.</param>
    public static void Run(
        float* x, float* y, float* factors, float common, float* addends, int images, int channels, int pixels,
        WorkerPool pool)
    {
        var job = new Job
        {
            X = x, Y = y, Factors = factors, Common = common, Addends = addends, Count = images * channels * pixels,
            Channels = channels, Pixels = pixels,
        };
        pool.Run(ElementParts.Count(job.Count), ref job);
    }

    private struct Job : IParts
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
                float factor = Factors == null ? Common : Factors[channel] * Common;
                float addend = Addends == null ? 0 : Addends[channel];
                for (; at <= until - Vector512<float>.Count; at += Vector512<float>.Count)
                {
                    ((Vector512.Load(X + at) * Vector512.Create(factor)) + Vector512.Create(addend)).Store(Y + at);
                }

                for (; at < until; at++)
                {
                    Y[at] = (X[at] * factor) + addend;
                }
            }
        }
    }
}
