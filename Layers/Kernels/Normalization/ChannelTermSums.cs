using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Kernels.Normalization;

/// <summary>Sums the terms of a piece: they are single precision, their sums double.</summary>
internal static unsafe class ChannelTermSums
{
    /// <summary>Computes the two sums of each channel of the piece, [lanes, 2].</summary>
    public static void Run<T>(T terms, in ChannelPiece piece, double* sums)
        where T : struct, IChannelTerms
    {
        Vector512<double> firstLow = default, firstHigh = default, secondLow = default, secondHigh = default;
        ChannelPiece.RunList runs = piece.Runs();
        while (runs.Next())
        {
            nint at = runs.At, end = at + runs.Count;
            for (; at <= end - Lanes.Width; at += Lanes.Width)
            {
                terms.Of(at, Lanes.Width, out Vector512<float> first, out Vector512<float> second);
                Add(first, ref firstLow, ref firstHigh);
                Add(second, ref secondLow, ref secondHigh);
            }

            if (at < end)
            {
                int count = (int)(end - at);
                terms.Of(at, count, out Vector512<float> first, out Vector512<float> second);
                Add(Lanes.First(first, count), ref firstLow, ref firstHigh);
                Add(Lanes.First(second, count), ref secondLow, ref secondHigh);
            }
        }

        Store(firstLow, firstHigh, sums, piece.Lanes);
        Store(secondLow, secondHigh, sums + 1, piece.Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(Vector512<float> terms, ref Vector512<double> low, ref Vector512<double> high)
    {
        var (first, last) = Vector512.Widen(terms);
        low += first;
        high += last;
    }

    private static void Store(Vector512<double> low, Vector512<double> high, double* to, int lanes)
    {
        if (lanes == 1)
        {
            *to = Vector512.Sum(low + high);
            return;
        }

        for (int lane = 0; lane < lanes; lane++)
        {
            to[2 * lane] = lane < 8 ? low[lane] : high[lane - 8];
        }
    }
}
