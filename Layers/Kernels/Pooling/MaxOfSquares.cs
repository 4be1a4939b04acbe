using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Cnn.Layers.Kernels.Pooling;

/// <summary>
/// Maximum pooling of one plane by its 2 x 2 squares. Eight squares at a time: two rows of sixteen values are split
/// into even and odd columns and compared in row-major order, so that ties are resolved as in the reference. Where the
/// number of squares in a row is not a multiple of eight, the last eight overlap the ones before and write the same
/// values again; rows of four to seven squares use vectors of four, and shorter rows go one by one.
/// </summary>
internal static unsafe class MaxOfSquares
{
    public static void Forward(int topHeight, int topWidth, float* x, float* y, int* indices)
    {
        int width = 2 * topWidth;
        for (int i = 0; i < topHeight; i++)
        {
            int bottom = 2 * i * width, top = i * topWidth;
            if (Avx2.IsSupported && topWidth >= 8)
            {
                for (int j = 0; j < topWidth; j += 8)
                {
                    int at = Math.Min(j, topWidth - 8);
                    Eight(x, y + top + at, indices + top + at, bottom + (2 * at), width);
                }
            }
            else if (Sse41.IsSupported && topWidth >= 4)
            {
                for (int j = 0; j < topWidth; j += 4)
                {
                    int at = Math.Min(j, topWidth - 4);
                    Four(x, y + top + at, indices + top + at, bottom + (2 * at), width);
                }
            }
            else
            {
                for (int j = 0; j < topWidth; j++)
                {
                    One(x, y + top + j, indices + top + j, bottom + (2 * j), width);
                }
            }
        }
    }

    public static void Backward(int topHeight, int topWidth, float* dy, int* indices, float* dx)
    {
        int width = 2 * topWidth;
        for (int i = 0; i < topHeight; i++)
        {
            int bottom = 2 * i * width, top = i * topWidth;
            if (Avx2.IsSupported && topWidth >= 8)
            {
                for (int j = 0; j < topWidth; j += 8)
                {
                    int at = Math.Min(j, topWidth - 8);
                    SpreadEight(dy + top + at, indices + top + at, dx, bottom + (2 * at), width);
                }
            }
            else if (Sse2.IsSupported && topWidth >= 4)
            {
                for (int j = 0; j < topWidth; j += 4)
                {
                    int at = Math.Min(j, topWidth - 4);
                    SpreadFour(dy + top + at, indices + top + at, dx, bottom + (2 * at), width);
                }
            }
            else
            {
                for (int j = 0; j < topWidth; j++)
                {
                    SpreadOne(dy[top + j], indices[top + j], dx, bottom + (2 * j), width);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Eight(float* x, float* y, int* indices, int at, int width)
    {
        Vector256<float> best = Vector256.Create(float.MinValue);
        Vector256<int> index = Vector256<int>.AllBitsSet;
        Vector256<int> even = Vector256.Create(at) + Vector256.Create(0, 2, 4, 6, 8, 10, 12, 14);
        for (int row = 0; row < 2; row++)
        {
            Vector256<float> low = Vector256.Load(x + at + (row * width));
            Vector256<float> high = Vector256.Load(x + at + (row * width) + 8);
            MaxLanes256.Take(MaxLanes256.Even(low, high), even, ref best, ref index);
            MaxLanes256.Take(MaxLanes256.Odd(low, high), even + Vector256<int>.One, ref best, ref index);
            even += Vector256.Create(width);
        }

        best.Store(y);
        index.Store(indices);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Four(float* x, float* y, int* indices, int at, int width)
    {
        Vector128<float> best = Vector128.Create(float.MinValue);
        Vector128<int> index = Vector128<int>.AllBitsSet;
        Vector128<int> even = Vector128.Create(at) + Vector128.Create(0, 2, 4, 6);
        for (int row = 0; row < 2; row++)
        {
            Vector128<float> low = Vector128.Load(x + at + (row * width));
            Vector128<float> high = Vector128.Load(x + at + (row * width) + 4);
            MaxLanes128.Take(Sse.Shuffle(low, high, 0b10_00_10_00), even, ref best, ref index);
            MaxLanes128.Take(Sse.Shuffle(low, high, 0b11_01_11_01), even + Vector128<int>.One, ref best, ref index);
            even += Vector128.Create(width);
        }

        best.Store(y);
        index.Store(indices);
    }

    private static void One(float* x, float* y, int* index, int at, int width)
    {
        (*y, *index) = (float.MinValue, -1);
        Take(x, at, y, index);
        Take(x, at + 1, y, index);
        Take(x, at + width, y, index);
        Take(x, at + width + 1, y, index);
    }

    private static void Take(float* x, int at, float* best, int* index)
    {
        if (x[at] > *best)
        {
            (*best, *index) = (x[at], at);
        }
    }

    // Duplicates every dy over the two columns of its square, and keeps it only where its index points.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SpreadEight(float* dy, int* indices, float* dx, int at, int width)
    {
        Vector256<int> lowTwice = Vector256.Create(0, 0, 1, 1, 2, 2, 3, 3), highTwice = lowTwice + Vector256.Create(4);
        Vector256<float> values = Vector256.Load(dy);
        Vector256<int> wanted = Vector256.Load(indices);
        Vector256<float> low = Avx2.PermuteVar8x32(values, lowTwice), high = Avx2.PermuteVar8x32(values, highTwice);
        Vector256<int> lowWanted = Avx2.PermuteVar8x32(wanted, lowTwice);
        Vector256<int> highWanted = Avx2.PermuteVar8x32(wanted, highTwice);
        Vector256<int> place = Vector256.Create(at) + Vector256.Create(0, 1, 2, 3, 4, 5, 6, 7);
        for (int row = 0; row < 2; row++)
        {
            float* to = dx + at + (row * width);
            (low & Vector256.Equals(lowWanted, place).AsSingle()).Store(to);
            (high & Vector256.Equals(highWanted, place + Vector256.Create(8)).AsSingle()).Store(to + 8);
            place += Vector256.Create(width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SpreadFour(float* dy, int* indices, float* dx, int at, int width)
    {
        Vector128<float> values = Vector128.Load(dy);
        Vector128<int> wanted = Vector128.Load(indices);
        Vector128<float> low = Sse.UnpackLow(values, values), high = Sse.UnpackHigh(values, values);
        Vector128<int> lowWanted = Sse2.UnpackLow(wanted, wanted), highWanted = Sse2.UnpackHigh(wanted, wanted);
        Vector128<int> place = Vector128.Create(at) + Vector128.Create(0, 1, 2, 3);
        for (int row = 0; row < 2; row++)
        {
            float* to = dx + at + (row * width);
            (low & Vector128.Equals(lowWanted, place).AsSingle()).Store(to);
            (high & Vector128.Equals(highWanted, place + Vector128.Create(4)).AsSingle()).Store(to + 4);
            place += Vector128.Create(width);
        }
    }

    private static void SpreadOne(float dy, int index, float* dx, int at, int width)
    {
        dx[at] = 0;
        dx[at + 1] = 0;
        dx[at + width] = 0;
        dx[at + width + 1] = 0;
        if (index >= 0)
        {
            dx[index] = dy;
        }
    }
}
