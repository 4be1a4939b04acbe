using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Cnn.Layers.Kernels.Pooling;

/// <summary>
/// Maximum pooling of one plane in two steps: the first finds, for a row of windows, the greatest value of each column
/// and its place; the second takes the maximum over the columns of a vector of windows at once. With a stride of two,
/// even and odd columns are stored apart, so that the second step reads adjacent values. Outside the image the value is
/// -FLT_MAX at place -1, which no place in the image equals.
/// </summary>
/// <remarks>
/// The first step runs for several rows of windows before the second does, since a load that overlaps a recent store at
/// another address has to wait for it.
/// </remarks>
internal readonly unsafe struct MaxOfWindows
{
    private const int BandRows = 8;

    // The number of values that the widest vector may reach beyond the end.
    private const int Slack = 16;

    private readonly PoolingShape shape;
    private readonly long length;
    private readonly long rowLength;
    private readonly float* bandValues;
    private readonly int* bandPlaces;

    /// <summary>Prepares for planes of one shape.</summary>
    /// <param name="shape">The geometry.</param>
    /// <param name="buffer">Scratch of <see cref="BufferSize"/> floats.</param>
    public MaxOfWindows(PoolingShape shape, float* buffer)
    {
        this.shape = shape;
        length = PhaseLength(shape);
        rowLength = Phases(shape) * length;
        int half = checked((int)(BandRows * rowLength));
        bandValues = buffer;
        bandPlaces = (int*)(buffer + half);
        new Span<float>(bandValues, half).Fill(float.MinValue);
        new Span<int>(bandPlaces, half).Fill(-1);
    }

    /// <summary>
    /// Whether this method works for the shape and pays: windows far wider than the image are mostly padding, and the
    /// buffer's size must fit into an int.
    /// </summary>
    public static bool Suits(PoolingShape shape) =>
        shape.KernelWidth <= (2L * shape.Width) + 64 && BufferSize(shape) <= int.MaxValue;

    /// <summary>Returns the number of floats that a pass needs as scratch.</summary>
    public static long BufferSize(PoolingShape shape) => 2L * BandRows * Phases(shape) * PhaseLength(shape);

    /// <summary>
    /// Computes the greatest values and their places as <see cref="MaxPooling.ForwardReference"/> does.
    /// </summary>
    /// <param name="x">The plane.</param>
    /// <param name="y">The result.</param>
    /// <param name="indices">The places of the values; null if they are not needed.</param>
    public void Forward(float* x, float* y, int* indices)
    {
        switch (VectorUnit.Path)
        {
            case VectorPath.Avx512:
                Forward<MaxLanes512, Vector512<float>, Vector512<int>>(x, y, indices);
                break;
            case VectorPath.Avx2:
                Forward<MaxLanes256, Vector256<float>, Vector256<int>>(x, y, indices);
                break;
            default:
                Forward<MaxLanes128, Vector128<float>, Vector128<int>>(x, y, indices);
                break;
        }
    }

    /// <summary>Computes <see cref="Forward"/> with vectors of one width.</summary>
    public void Forward<TLanes, TValues, TPlaces>(float* x, float* y, int* indices)
        where TLanes : IMaxLanes<TValues, TPlaces>
        where TValues : struct
        where TPlaces : struct
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
                    MaxOfRows<TLanes, TValues, TPlaces>(x, values, top, bottom);
                }
                else
                {
                    MaxOfRows<TLanes, TValues, TPlaces>(x, values, places, top, bottom);
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
                    MaxOfColumns<TLanes, TValues, TPlaces>(values, to, left);
                }
                else
                {
                    MaxOfColumns<TLanes, TValues, TPlaces>(values, places, to, at, left);
                }
            }
        }
    }

    // Wider strides skip most columns, so their windows are processed one by one.
    private static int Phases(PoolingShape shape) => shape.StrideWidth == 2 ? 2 : 1;

    private static long PhaseLength(PoolingShape shape)
    {
        int phases = Phases(shape);
        long image = (((long)shape.PadWidth + shape.Width + phases - 1) / phases) + Slack;
        long windows = (long)shape.PooledWidth + Slack + (shape.KernelWidth / phases);
        return shape.StrideWidth > 2 ? image : Math.Max(image, windows);
    }

    // Each step is a method of its own: inlined into one, its maxima would not stay in registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MaxOfRows<TLanes, TValues, TPlaces>(float* x, float* values, int top, int bottom)
        where TLanes : IMaxLanes<TValues, TPlaces>
        where TValues : struct
        where TPlaces : struct
    {
        int width = shape.Width, size = shape.PlaneSize;
        for (int w = 0; w < width; w += TLanes.Width)
        {
            TValues max = TLanes.All(float.MinValue);
            for (int from = (top * width) + w; from < bottom * width; from += width)
            {
                max = TLanes.Greater(Load<TLanes, TValues, TPlaces>(x, from, size, width - w), max);
            }

            TPlaces none = default;
            if (width - w < TLanes.Width)
            {
                TLanes.End(width - w, ref max, ref none);
            }

            int first = shape.PadWidth + w;
            if (shape.StrideWidth == 2)
            {
                TLanes.StoreEvenAndOdd(max, values + EvenColumn(first), values + OddColumn(first));
            }
            else
            {
                TLanes.Store(max, values + first, TLanes.Width);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MaxOfRows<TLanes, TValues, TPlaces>(float* x, float* values, int* places, int top, int bottom)
        where TLanes : IMaxLanes<TValues, TPlaces>
        where TValues : struct
        where TPlaces : struct
    {
        int width = shape.Width, size = shape.PlaneSize;
        for (int w = 0; w < width; w += TLanes.Width)
        {
            TValues max = TLanes.All(float.MinValue);
            TPlaces at = TLanes.Nowhere, place = TLanes.From((top * width) + w);
            for (int from = (top * width) + w; from < bottom * width; from += width)
            {
                TLanes.Take(Load<TLanes, TValues, TPlaces>(x, from, size, width - w), place, ref max, ref at);
                place = TLanes.Add(place, width);
            }

            if (width - w < TLanes.Width)
            {
                TLanes.End(width - w, ref max, ref at);
            }

            int first = shape.PadWidth + w;
            if (shape.StrideWidth == 2)
            {
                long even = EvenColumn(first), odd = OddColumn(first);
                TLanes.StoreEvenAndOdd(max, values + even, values + odd);
                TLanes.StoreEvenAndOdd(at, places + even, places + odd);
            }
            else
            {
                TLanes.Store(max, values + first, TLanes.Width);
                TLanes.Store(at, places + first, TLanes.Width);
            }
        }
    }

    // Beyond the end of a row lies the next one, except after the plane's last.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TValues Load<TLanes, TValues, TPlaces>(float* x, int from, int planeSize, int left)
        where TLanes : IMaxLanes<TValues, TPlaces>
        where TValues : struct
        where TPlaces : struct
        => TLanes.Load(x + from, from + TLanes.Width <= planeSize ? TLanes.Width : left);

    // The positions of the even and of the odd columns of a vector; `first` includes the padding on the left.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private long EvenColumn(int first) => ((first & 1) * length) + (first >> 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private long OddColumn(int first) => ((1 - (first & 1)) * length) + ((first + 1) >> 1);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MaxOfColumns<TLanes, TValues, TPlaces>(float* values, float* y, int left)
        where TLanes : IMaxLanes<TValues, TPlaces>
        where TValues : struct
        where TPlaces : struct
    {
        for (int j = 0; j < shape.PooledWidth; j += TLanes.Width)
        {
            TValues max = TLanes.Load(values + j);
            for (int k = 1; k < shape.KernelWidth; k++)
            {
                max = TLanes.Greater(TLanes.Load(values + ColumnOf(k) + j), max);
            }

            TLanes.Store(max, y + j, Writable(j, left, TLanes.Width));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MaxOfColumns<TLanes, TValues, TPlaces>(float* values, int* places, float* y, int* indices, int left)
        where TLanes : IMaxLanes<TValues, TPlaces>
        where TValues : struct
        where TPlaces : struct
    {
        for (int j = 0; j < shape.PooledWidth; j += TLanes.Width)
        {
            TValues max = TLanes.Load(values + j);
            TPlaces at = TLanes.Load(places + j);
            for (int k = 1; k < shape.KernelWidth; k++)
            {
                // Among equals the first in row-major order wins, which has the smaller index.
                long from = ColumnOf(k) + j;
                TLanes.TakeFirst(TLanes.Load(values + from), TLanes.Load(places + from), ref max, ref at);
            }

            int count = Writable(j, left, TLanes.Width);
            TLanes.Store(max, y + j, count);
            TLanes.Store(at, indices + j, count);
        }
    }

    // A vector may write beyond the end of a row, since the next row is written later.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Writable(int j, int left, int lanes) => left - j >= lanes ? lanes : shape.PooledWidth - j;

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
