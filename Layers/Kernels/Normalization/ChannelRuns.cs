using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Normalization;

/// <summary>What is done to values that lie side by side and belong to one channel, or to a channel each.</summary>
internal interface IChannelRun
{
    /// <summary>Does it.</summary>
    /// <param name="at">The first value's place.</param>
    /// <param name="count">How many.</param>
    /// <param name="channel">The first value's channel.</param>
    /// <param name="spread">Whether all values are of that channel; else each is of the channel after the
    /// last's.</param>
    void Run(nint at, int count, int channel, bool spread);
}

/// <summary>Walks over [images, channels, inner] in parts and runs.</summary>
internal static class ChannelRuns
{
    /// <summary>Does something to all values.</summary>
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

/// <summary>Numbers of the channels of sixteen values: one of all, or one each.</summary>
internal readonly unsafe struct ChannelVector(float* numbers, bool spread)
{
    private readonly Vector512<float> one = spread ? Vector512.Create(*numbers) : Vector512<float>.Zero;

    /// <summary>The numbers of the values from the i-th on, of which so many are left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> At(int i, int left) => spread ? one : Lanes.Load(numbers + i, left);
}
