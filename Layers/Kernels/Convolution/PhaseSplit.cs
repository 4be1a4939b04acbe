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
            // A pair of floats is a long; its low half is the first of them.
            Vector512<ulong> low = Vector512.Load((ulong*)(from + (2 * i)));
            Vector512<ulong> high = Vector512.Load((ulong*)(from + (2 * i) + Lanes.Width));
            Vector512.Narrow(low, high).AsSingle().Store(to + i);
        }

        for (; i < count; i++)
        {
            to[i] = from[(nint)i * step];
        }
    }

    /// <summary>Computes <c>to[2 i] = even[i]</c> and <c>to[2 i + 1] = odd[i]</c> for count values of to.</summary>
    public static void Interleave(float* even, float* odd, float* to, int count)
    {
        int i = 0;
        for (; 2 * (i + Lanes.Width) <= count; i += Lanes.Width)
        {
            var (evenLow, evenHigh) = Vector512.Widen(Vector512.Load((uint*)(even + i)));
            var (oddLow, oddHigh) = Vector512.Widen(Vector512.Load((uint*)(odd + i)));
            (evenLow | (oddLow << 32)).Store((ulong*)(to + (2 * i)));
            (evenHigh | (oddHigh << 32)).Store((ulong*)(to + (2 * i) + Lanes.Width));
        }

        for (int j = 2 * i; j < count; j++)
        {
            to[j] = (j % 2 == 0 ? even : odd)[j / 2];
        }
    }
}
