using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Normalization;

/// <summary>An operation on adjacent values that all belong to one channel, or to one channel each.</summary>
internal interface IChannelRun
{
    /// <summary>Runs the operation.</summary>
    /// <param name="at">The index of the first value.</param>
    /// <param name="count">The number of values.</param>
    /// <param name="channel">The first value's channel.</param>
    /// <param name="spread">
    /// Whether all values belong to that channel; otherwise each belongs to the channel after its predecessor's.
    /// </param>
    void Run(nint at, int count, int channel, bool spread);
}

/// <summary>Goes through [images, channels, inner] in parts, run by run.</summary>
internal static class ChannelRuns
{
    /// <summary>Runs the operation on all values.</summary>
    public static void Run<T>(ref T run, int images, int channels, int inner, WorkerPool pool)
        where T : struct, IChannelRun
    {
        int count = checked(images * channels * inner);
        var job = new Job<T>(run, count, channels, channels == 1 ? count : inner);
        pool.Run(ElementParts.Count(count), ref job);
    }

    private readonly struct Job<T>(T run, int count, int channels, int inner) : IParallelJob
        where T : struct, IChannelRun
    {
        public void Run(int part, int worker)
        {
            var (at, end) = ElementParts.Range(part, count);
            bool spread = inner > 1;
            int period = spread ? inner : channels, offset = at % period;
            int channel = spread ? at / inner % channels : offset;
            while (at < end)
            {
                int length = Math.Min(period - offset, end - at);
                run.Run(at, length, channel, spread);
                at += length;
                offset = 0;
                channel = spread && channel + 1 < channels ? channel + 1 : 0;
            }
        }
    }
}

/// <summary>Per-channel numbers for sixteen values: one for all, or one for each.</summary>
internal readonly unsafe struct ChannelVector(float* numbers, bool spread)
{
    private readonly Vector512<float> one = spread ? Vector512.Create(*numbers) : Vector512<float>.Zero;

    /// <summary>Returns the numbers of the values from the i-th on, of which <paramref name="left"/> remain.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> At(int i, int left) => spread ? one : Lanes.Load(numbers + i, left);
}
