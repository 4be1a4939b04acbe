using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Threading;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary>Adds a number to each channel of [images, channels, pixels].</summary>
internal static unsafe class ChannelBias
{
    /// <summary><c>y[n, c, p] += bias[c]</c>.</summary>
    public static void Add(float* y, float* bias, int images, int channels, int pixels, WorkerPool pool)
    {
        var job = new Job(y, bias, images * channels * pixels, channels, pixels);
        pool.Run(ElementParts.Count(images * channels * pixels), ref job);
    }

    private readonly struct Job(float* y, float* bias, int count, int channels, int pixels) : IParts
    {
        public void Run(int part, int worker)
        {
            var (at, end) = ElementParts.Range(part, count);
            while (at < end)
            {
                int until = Math.Min(end, at - (at % pixels) + pixels);
                float value = bias[at / pixels % channels];
                for (; at <= until - Vector512<float>.Count; at += Vector512<float>.Count)
                {
                    (Vector512.Load(y + at) + Vector512.Create(value)).Store(y + at);
                }

                for (; at < until; at++)
                {
                    y[at] += value;
                }
            }
        }
    }
}
