using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Normalization;

/// <summary>
/// Computes, for each channel of [images, channels, inner], the sums of <c>a - a0</c> and of <c>(a - a0)(b - b0)</c>,
/// in double, with a pair of offsets per channel. With a = b and an offset near the mean these are a channel's moments
/// without cancellation; with a = dy and b = x they are what the gradient of a normalisation needs.
/// </summary>
/// <remarks>
/// A part is a piece of one channel, or several small channels; the pieces' sums are added in order. Where inner is 1,
/// channels are summed side by side.
/// </remarks>
internal static unsafe class ChannelSums
{
    private const int PieceValues = 2 * ElementParts.Size;
    private const int ColumnsPerPart = 256;

    /// <summary>Computes the sums.</summary>
    /// <param name="a">[images, channels, inner].</param>
    /// <param name="a0">Offsets of a, [channels], or null for none.</param>
    /// <param name="b">[images, channels, inner]; may be a.</param>
    /// <param name="b0">Offsets of b, [channels], or null for none.</param>
    /// <param name="images">Images.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="inner">Values of a channel in an image.</param>
    /// <param name="sums">The two sums of each channel, [channels, 2]; overwritten.</param>
    /// <param name="pool">The threads.</param>
    public static void Run(
        float* a, float* a0, float* b, float* b0, int images, int channels, int inner, double* sums, WorkerPool pool)
    {
        KernelGuard.Array(a, images, channels, inner);
        KernelGuard.Array(b, images, channels, inner);
        KernelGuard.ArrayOrNull(a0, channels);
        KernelGuard.ArrayOrNull(b0, channels);
        KernelGuard.Array(sums, channels, 2);
        if (channels == 1)
        {
            (images, inner) = (1, checked(images * inner));
        }

        long values = (long)images * inner;
        bool columns = inner == 1 && channels > 1;
        long valuesPerPart = columns ? images * (long)Math.Min(channels, ColumnsPerPart) : values;
        int pieces = (int)Math.Max(1, valuesPerPart / PieceValues);
        int perPart = columns ? ColumnsPerPart : (int)Math.Clamp(ElementParts.Size / Math.Max(1, values), 1, channels);
        double* partials = pieces == 1 ? sums : (double*)pool.Scratch(0, ScratchSlot.Partials, 4L * pieces * channels);
        var job = new Job
        {
            A = a, A0 = a0, B = b, B0 = b0, Images = images, Channels = channels, Inner = inner, Pieces = pieces,
            PerPart = perPart, Columns = columns, Sums = partials,
        };
        pool.Run(checked((int)(((long)channels + perPart - 1) / perPart * pieces)), ref job);
        for (long i = 0; i < 2L * channels && pieces > 1; i++)
        {
            double sum = 0;
            for (int piece = 0; piece < pieces; piece++)
            {
                sum += partials[((nint)piece * 2 * channels) + i];
            }

            sums[i] = sum;
        }
    }

    private struct Job : IParallelJob
    {
        public float* A, A0, B, B0;
        public int Images, Channels, Inner, Pieces, PerPart;
        public bool Columns;
        public double* Sums;

        public readonly void Run(int part, int worker)
        {
            int piece = part % Pieces, first = part / Pieces * PerPart;
            int end = (int)Math.Min(Channels, (long)first + PerPart);
            double* to = Sums + ((nint)piece * 2 * Channels);
            long values = (long)Images * (Columns ? 1 : Inner);
            long from = values * piece / Pieces, until = values * (piece + 1) / Pieces;
            if (Columns)
            {
                Rows(first, end - first, (int)from, (int)until, to + (2 * (nint)first));
                return;
            }

            for (int c = first; c < end; c++)
            {
                Channel(c, from, until, to + (2 * (nint)c));
            }
        }

        // Sums the values [from, until) of channel c, counted across its images.
        private readonly void Channel(int c, long from, long until, double* to)
        {
            float a0 = A0 == null ? 0 : A0[c], b0 = B0 == null ? 0 : B0[c];
            var sums = new Pair(a0, b0);
            Vector512<float> offsetA = Vector512.Create(a0), offsetB = Vector512.Create(b0);
            while (from < until)
            {
                (long image, long offset) = Math.DivRem(from, Inner);
                int count = (int)Math.Min(Inner - offset, until - from);
                nint at = (nint)((((image * Channels) + c) * Inner) + offset);
                float* a = A + at, b = B + at;
                int i = 0;
                for (; i <= count - Lanes.Width; i += Lanes.Width)
                {
                    sums.Add(Vector512.Load(a + i), Vector512.Load(b + i));
                }

                if (i < count)
                {
                    // Lanes beyond the end hold the offsets, which add nothing.
                    Vector512<float> inside = VectorMask.First512(count - i);
                    sums.Add(
                        Vector512.ConditionalSelect(inside, Lanes.Load(a + i, count - i), offsetA),
                        Vector512.ConditionalSelect(inside, Lanes.Load(b + i, count - i), offsetB));
                }

                from += count;
            }

            to[0] = Vector512.Sum(sums.FirstLow + sums.FirstHigh);
            to[1] = Vector512.Sum(sums.SecondLow + sums.SecondHigh);
        }

        // Goes row by row, so that memory is read in order; the sums of a part's channels stay in the cache.
        private readonly void Rows(int c, int count, int from, int until, double* to)
        {
            int vectors = (count + Lanes.Width - 1) / Lanes.Width;
            Pair* sums = stackalloc Pair[vectors];
            for (int v = 0; v < vectors; v++)
            {
                int at = v * Lanes.Width;
                sums[v] = new Pair(
                    A0 == null ? Vector512<float>.Zero : Lanes.Load(A0 + c + at, count - at),
                    B0 == null ? Vector512<float>.Zero : Lanes.Load(B0 + c + at, count - at));
            }

            for (int row = from; row < until; row++)
            {
                float* a = A + ((nint)row * Channels) + c, b = B + ((nint)row * Channels) + c;
                for (int v = 0; v < vectors; v++)
                {
                    int at = v * Lanes.Width;
                    sums[v].Add(Lanes.Load(a + at, count - at), Lanes.Load(b + at, count - at));
                }
            }

            for (int i = 0; i < count; i++)
            {
                ref Pair pair = ref sums[i / Lanes.Width];
                int lane = i % Lanes.Width;
                to[2 * i] = lane < 8 ? pair.FirstLow[lane] : pair.FirstHigh[lane - 8];
                to[(2 * i) + 1] = lane < 8 ? pair.SecondLow[lane] : pair.SecondHigh[lane - 8];
            }
        }
    }

    private struct Pair
    {
        public Vector512<double> FirstLow, FirstHigh, SecondLow, SecondHigh;
        private readonly Vector512<double> a0Low, a0High, b0Low, b0High;

        public Pair(float a0, float b0)
            : this(Vector512.Create(a0), Vector512.Create(b0))
        {
        }

        public Pair(Vector512<float> a0, Vector512<float> b0)
        {
            (a0Low, a0High) = Vector512.Widen(a0);
            (b0Low, b0High) = Vector512.Widen(b0);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(Vector512<float> a, Vector512<float> b)
        {
            var (aLow, aHigh) = Vector512.Widen(a);
            var (bLow, bHigh) = Vector512.Widen(b);
            aLow -= a0Low;
            aHigh -= a0High;
            FirstLow += aLow;
            FirstHigh += aHigh;
            SecondLow += aLow * (bLow - b0Low);
            SecondHigh += aHigh * (bHigh - b0High);
        }
    }
}
