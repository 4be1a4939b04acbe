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
/// <remarks>
/// Some rows of windows take the first step before any takes the second, as what was just written cannot be read again at
/// once from another address.
/// </remarks>
internal readonly unsafe struct MaxOfWindows
{
    private const int BandRows = 8;

    private readonly PoolingShape shape;
    private readonly long length;
    private readonly long rowLength;
    private readonly float* bandValues;
    private readonly int* bandPlaces;

    /// <summary>Prepares for plane after plane of one shape.</summary>
    /// <param name="shape">The geometry.</param>
    /// <param name="room">Memory of the size that <see cref="Room"/> tells.</param>
    public MaxOfWindows(PoolingShape shape, float* room)
    {
        this.shape = shape;
        length = PhaseLength(shape);
        rowLength = Phases(shape) * length;
        int half = checked((int)(BandRows * rowLength));
        bandValues = room;
        bandPlaces = (int*)(room + half);
        new Span<float>(bandValues, half).Fill(float.MinValue);
        new Span<int>(bandPlaces, half).Fill(-1);
    }

    /// <summary>Whether it pays: windows far wider than the image are mostly padding.</summary>
    public static bool Suits(PoolingShape shape) => shape.KernelWidth <= (2 * shape.Width) + 64;

    /// <summary>The memory that it wants, in floats.</summary>
    public static long Room(PoolingShape shape) => 2L * BandRows * Phases(shape) * PhaseLength(shape);

    /// <summary>The greatest values and where they were, as <see cref="MaxPooling.ForwardReference"/> has them.</summary>
    /// <param name="x">The plane.</param>
    /// <param name="y">The result.</param>
    /// <param name="indices">Where the values were; null when nobody wants to know.</param>
    public void Forward(float* x, float* y, int* indices)
    {
        for (int band = 0; band < shape.PooledHeight; band += BandRows)
        {
            int end = Math.Min(shape.PooledHeight, band + BandRows);
            float* values = bandValues;
            int* places = bandPlaces;
            for (int row = band; row < end; row++, values += rowLength, places += rowLength)
            {
                int first = (row * shape.StrideHeight) - shape.PadHeight;
                int top = Math.Max(0, first), bottom = Math.Min(shape.Height, first + shape.KernelHeight);
                if (indices == null)
                {
                    MaxOfRows(x, values, top, bottom);
                }
                else
                {
                    MaxOfRows(x, values, places, top, bottom);
                }
            }

            values = bandValues;
            places = bandPlaces;
            for (int row = band; row < end; row++, values += rowLength, places += rowLength)
            {
                int first = row * shape.PooledWidth, left = shape.PooledSize - first;
                float* to = y + first;
                int* at = indices == null ? null : indices + first;
                if (shape.StrideWidth > 2)
                {
                    MaxOfFewColumns(values, places, to, at);
                }
                else if (at == null)
                {
                    MaxOfColumns(values, to, left);
                }
                else
                {
                    MaxOfColumns(values, places, to, at, left);
                }
            }
        }
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

    private void MaxOfRows(float* x, float* values, int top, int bottom)
    {
        Vector512<float> least = Vector512.Create(float.MinValue);
        for (int w = 0; w < shape.Width; w += Lanes.Width)
        {
            Vector512<float> max = least;
            for (int h = top; h < bottom; h++)
            {
                Vector512<float> value = Load(x, h, w);
                max = Vector512.ConditionalSelect(Vector512.GreaterThan(value, max), value, max);
            }

            if (shape.Width - w < Lanes.Width)
            {
                max = Vector512.ConditionalSelect(Inside(shape.Width - w).AsSingle(), max, least);
            }

            Place(max, values, w);
        }
    }

    private void MaxOfRows(float* x, float* values, int* places, int top, int bottom)
    {
        for (int w = 0; w < shape.Width; w += Lanes.Width)
        {
            Vector512<float> max = Vector512.Create(float.MinValue);
            Vector512<int> at = Vector512<int>.AllBitsSet;
            Vector512<int> place = Vector512<int>.Indices + Vector512.Create((top * shape.Width) + w);
            for (int h = top; h < bottom; h++)
            {
                Vector512<float> value = Load(x, h, w);
                Vector512<float> isMore = Vector512.GreaterThan(value, max);
                max = Vector512.ConditionalSelect(isMore, value, max);
                at = Vector512.ConditionalSelect(isMore.AsInt32(), place, at);
                place += Vector512.Create(shape.Width);
            }

            if (shape.Width - w < Lanes.Width)
            {
                Vector512<int> inside = Inside(shape.Width - w);
                max = Vector512.ConditionalSelect(inside.AsSingle(), max, Vector512.Create(float.MinValue));
                at |= ~inside;
            }

            Place(max, values, w);
            Place(at.AsSingle(), (float*)places, w);
        }
    }

    // What lies behind the end of a row is the next one's, but for the plane's last.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector512<float> Load(float* x, int h, int w)
    {
        int from = (h * shape.Width) + w;
        return from + Lanes.Width <= shape.PlaneSize
            ? Vector512.Load(x + from)
            : Lanes.Load(x + from, shape.Width - w);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Inside(int count) => Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count));

    // Sixteen columns from w on, behind the padding on the left.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Place(Vector512<float> columns, float* to, int w)
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

    private void MaxOfColumns(float* values, float* y, int left)
    {
        for (int j = 0; j < shape.PooledWidth; j += Lanes.Width)
        {
            Vector512<float> max = Vector512.Load(values + j);
            for (int k = 1; k < shape.KernelWidth; k++)
            {
                Vector512<float> value = Vector512.Load(values + ColumnOf(k) + j);
                max = Vector512.ConditionalSelect(Vector512.GreaterThan(value, max), value, max);
            }

            Lanes.Store(max, y + j, RoomFor(j, left));
        }
    }

    private void MaxOfColumns(float* values, int* places, float* y, int* indices, int left)
    {
        for (int j = 0; j < shape.PooledWidth; j += Lanes.Width)
        {
            Vector512<float> max = Vector512.Load(values + j);
            Vector512<int> at = Vector512.Load(places + j);
            for (int k = 1; k < shape.KernelWidth; k++)
            {
                long from = ColumnOf(k) + j;
                Vector512<float> value = Vector512.Load(values + from);
                Vector512<int> place = Vector512.Load(places + from);

                // Of equals the first in the order of rows, which has the smaller index.
                Vector512<float> isNext = Vector512.GreaterThan(value, max)
                    | (Vector512.Equals(value, max) & Vector512.LessThan(place, at).AsSingle());
                max = Vector512.ConditionalSelect(isNext, value, max);
                at = Vector512.ConditionalSelect(isNext.AsInt32(), place, at);
            }

            int count = RoomFor(j, left);
            Lanes.Store(max, y + j, count);
            Lanes.Store(at.AsSingle(), (float*)(indices + j), count);
        }
    }

    // Behind the end of a row lies the next, which is written later.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int RoomFor(int j, int left) => left - j >= Lanes.Width ? Lanes.Width : shape.PooledWidth - j;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private long ColumnOf(int k) =>
        shape.StrideWidth == 1 ? k : ((k & 1) * length) + (k >> 1);

    private void MaxOfFewColumns(float* values, int* places, float* y, int* indices)
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

            y[column] = max;
            if (indices != null)
            {
                indices[column] = at;
            }
        }
    }
}
