using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Kernels.Pooling;

/// <summary>
/// Maximum pooling of one plane in two steps: of the rows of a row of windows the greatest of each column and its place,
/// then of the columns of sixteen windows at once. A stride of two keeps even and odd columns apart, so that the second
/// step reads neighbours. What lies outside the image is -FLT_MAX at place -1, which nothing of the image equals.
/// </summary>
internal static unsafe class MaxOfWindows
{
    /// <summary>Whether it pays: windows far wider than the image are mostly padding.</summary>
    public static bool Suits(PoolingShape shape) => shape.KernelWidth <= (2 * shape.Width) + 64;

    /// <summary>The memory that <see cref="Forward"/> wants, in floats.</summary>
    public static long Room(PoolingShape shape) => 2L * Phases(shape) * PhaseLength(shape);

    /// <summary>The greatest values and where they were, as <see cref="MaxPooling.ForwardReference"/> has them.</summary>
    /// <param name="x">The plane.</param>
    /// <param name="y">The result.</param>
    /// <param name="indices">Where the values were.</param>
    /// <param name="shape">The geometry.</param>
    /// <param name="room">Memory, after <see cref="Clear"/>; may serve plane after plane of one shape.</param>
    public static void Forward(float* x, float* y, int* indices, PoolingShape shape, float* room)
    {
        int phases = Phases(shape);
        long length = PhaseLength(shape);
        float* values = room;
        int* places = (int*)(room + (phases * length));
        for (int row = 0; row < shape.PooledHeight; row++)
        {
            PoolingShape.Window rows = shape.At(row, 0);
            MaxOfRows(x, values, places, length, shape, rows.Top, rows.Bottom);
            float* to = y + ((long)row * shape.PooledWidth);
            int* at = indices + ((long)row * shape.PooledWidth);
            if (phases == 1 && shape.StrideWidth > 1)
            {
                MaxOfFewColumns(values, places, shape, to, at);
            }
            else
            {
                MaxOfColumns(values, places, length, shape, to, at);
            }
        }
    }

    /// <summary>Makes everything beside the image -FLT_MAX at place -1.</summary>
    public static void Clear(PoolingShape shape, float* room)
    {
        int half = checked((int)(Room(shape) / 2));
        new Span<float>(room, half).Fill(float.MinValue);
        new Span<int>(room + half, half).Fill(-1);
    }

    // Wider strides leave most columns out, so their windows are gone through one by one.
    private static int Phases(PoolingShape shape) => shape.StrideWidth == 2 ? 2 : 1;

    private static long PhaseLength(PoolingShape shape)
    {
        int phases = Phases(shape);
        long image = ((shape.PadWidth + shape.Width + phases - 1) / phases) + Lanes.Width;
        long windows = shape.PooledWidth + Lanes.Width + (shape.KernelWidth / phases);
        return shape.StrideWidth > 2 ? image : Math.Max(image, windows);
    }

    private static void MaxOfRows(
        float* x, float* values, int* places, long length, PoolingShape shape, int top, int bottom)
    {
        for (int w = 0; w < shape.Width; w += Lanes.Width)
        {
            int count = shape.Width - w;
            Vector512<float> max = Vector512.Create(float.MinValue);
            Vector512<int> at = Vector512<int>.AllBitsSet;
            Vector512<int> place = Vector512<int>.Indices + Vector512.Create((top * shape.Width) + w);
            for (int h = top; h < bottom; h++)
            {
                Vector512<float> value = Lanes.Load(x + ((long)h * shape.Width) + w, count);
                Vector512<float> isMore = Vector512.GreaterThan(value, max);
                max = Vector512.ConditionalSelect(isMore, value, max);
                at = Vector512.ConditionalSelect(isMore.AsInt32(), place, at);
                place += Vector512.Create(shape.Width);
            }

            if (count < Lanes.Width)
            {
                Vector512<int> inside = Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count));
                max = Vector512.ConditionalSelect(inside.AsSingle(), max, Vector512.Create(float.MinValue));
                at |= ~inside;
            }

            Place(max, values, length, shape, w);
            Place(at.AsSingle(), (float*)places, length, shape, w);
        }
    }

    // Sixteen columns from w on, behind the padding on the left.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Place(Vector512<float> columns, float* to, long length, PoolingShape shape, int w)
    {
        int first = shape.PadWidth + w;
        if (shape.StrideWidth != 2)
        {
            columns.Store(to + first);
            return;
        }

        float* even = to + ((first & 1) * length) + (first >> 1);
        float* odd = to + ((1 - (first & 1)) * length) + ((first + 1) >> 1);
        if (Avx2.IsSupported)
        {
            Vector256<float> low = columns.GetLower(), high = columns.GetUpper();
            Avx2.Permute4x64(Avx.Shuffle(low, high, 0b10_00_10_00).AsDouble(), 0b11_01_10_00).AsSingle().Store(even);
            Avx2.Permute4x64(Avx.Shuffle(low, high, 0b11_01_11_01).AsDouble(), 0b11_01_10_00).AsSingle().Store(odd);
            return;
        }

        float* from = (float*)&columns;
        for (int i = 0; i < Lanes.Width / 2; i++)
        {
            even[i] = from[2 * i];
            odd[i] = from[(2 * i) + 1];
        }
    }

    private static void MaxOfColumns(
        float* values, int* places, long length, PoolingShape shape, float* y, int* indices)
    {
        for (int j = 0; j < shape.PooledWidth; j += Lanes.Width)
        {
            Vector512<float> max = Vector512.Create(float.MinValue);
            Vector512<int> at = Vector512<int>.AllBitsSet;
            for (int k = 0; k < shape.KernelWidth; k++)
            {
                long from = shape.StrideWidth == 1 ? j + k : ((k & 1) * length) + (k >> 1) + j;
                Vector512<float> value = Vector512.Load(values + from);
                Vector512<int> place = Vector512.Load(places + from);

                // Of equals the first in the order of rows, which has the smaller index.
                Vector512<float> isNext = Vector512.GreaterThan(value, max)
                    | (Vector512.Equals(value, max) & Vector512.LessThan(place, at).AsSingle());
                max = Vector512.ConditionalSelect(isNext, value, max);
                at = Vector512.ConditionalSelect(isNext.AsInt32(), place, at);
            }

            int count = shape.PooledWidth - j;
            Lanes.Store(max, y + j, count);
            Lanes.Store(at.AsSingle(), (float*)(indices + j), count);
        }
    }

    private static void MaxOfFewColumns(float* values, int* places, PoolingShape shape, float* y, int* indices)
    {
        for (int column = 0; column < shape.PooledWidth; column++)
        {
            int left = column * shape.StrideWidth;
            int right = Math.Min(left + shape.KernelWidth, shape.Width + shape.PadWidth);
            (float max, int at) = (float.MinValue, -1);
            for (int w = left; w < right; w++)
            {
                if (values[w] > max || (values[w] == max && places[w] < at))
                {
                    (max, at) = (values[w], places[w]);
                }
            }

            (y[column], indices[column]) = (max, at);
        }
    }
}
