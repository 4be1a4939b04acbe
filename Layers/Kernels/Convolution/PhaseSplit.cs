using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Kernels.Convolution;

/// <summary>Copies every n-th value of a row to neighbouring places, and back; every second one in vectors.</summary>
internal static unsafe class PhaseSplit
{
    /// <summary>Computes <c>to[i] = from[i step]</c>; nothing behind the last of these values is read.</summary>
    public static void Gather(float* from, int step, float* to, int count)
    {
        int i = 0;
        for (; step == 1 && i < count; i += Lanes.Width)
        {
            Lanes.Store(Lanes.Load(from + i, count - i), to + i, count - i);
        }

        for (; step == 2 && i < count - Lanes.Width; i += Lanes.Width)
        {
            float* pair = from + (2 * i);
            Lanes.Even(Vector512.Load(pair), Vector512.Load(pair + Lanes.Width)).Store(to + i);
        }

        for (; i < count; i++)
        {
            to[i] = from[(nint)i * step];
        }
    }

    /// <summary>
    /// Computes <c>to[i step] = from[i]</c> for each of the <paramref name="count"/> values, and 0 between and after
    /// them, as far as <paramref name="width"/> values.
    /// </summary>
    public static void Spread(float* from, int step, int count, float* to, int width)
    {
        int i = 0;
        for (; step == 2 && 2 * (i + Lanes.Width) <= width && i + Lanes.Width <= count; i += Lanes.Width)
        {
            var (low, high) = Lanes.Interleave(Vector512.Load(from + i), Vector512<float>.Zero);
            low.Store(to + (2 * i));
            high.Store(to + (2 * i) + Lanes.Width);
        }

        new Span<float>(to + ((nint)i * step), width - (i * step)).Clear();
        for (; i < count; i++)
        {
            to[(nint)i * step] = from[i];
        }
    }

    /// <summary>Computes <c>to[2 i] = even[i]</c> and <c>to[2 i + 1] = odd[i]</c> for count values of to.</summary>
    public static void Interleave(float* even, float* odd, float* to, int count)
    {
        int i = 0;
        for (; 2 * (i + Lanes.Width) <= count; i += Lanes.Width)
        {
            var (low, high) = Lanes.Interleave(Vector512.Load(even + i), Vector512.Load(odd + i));
            low.Store(to + (2 * i));
            high.Store(to + (2 * i) + Lanes.Width);
        }

        for (int j = 2 * i; j < count; j++)
        {
            to[j] = (j % 2 == 0 ? even : odd)[j / 2];
        }
    }
}
