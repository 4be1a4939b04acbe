using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Cnn.Layers.Kernels.Pooling;

/// <summary>
/// Computes the gradient of maximum pooling of one plane by gathering: for each value of the image it checks the
/// windows that contain the value for having their maximum there, a vector of values at a time. With a stride of two it
/// handles even and odd columns separately, since they lie in different windows. It adds windows in row-major order, as
/// <see cref="MaxPooling.BackwardReference"/> does, so the sums are bit-identical.
/// </summary>
/// <remarks>
/// Before the first and after the last window of a row, windows of the neighbouring rows are read. They lie on the
/// other side of the image, so the place of the value is never in them; <see cref="Suits"/> ensures that the image is
/// wide enough.
/// </remarks>
internal readonly unsafe struct GradientOfWindows
{
    // The number of values that the widest vector may reach beyond the end.
    private const int Slack = 16;

    // With more windows per value, scattering from windows to values is cheaper.
    private const int MostTaps = 32;

    private readonly PoolingShape shape;
    private readonly float* values;
    private readonly int* places;
    private readonly float* columns;

    /// <summary>Prepares for planes of one shape.</summary>
    /// <param name="shape">The geometry.</param>
    /// <param name="buffer">Scratch of <see cref="BufferSize"/> floats.</param>
    public GradientOfWindows(PoolingShape shape, float* buffer)
    {
        this.shape = shape;
        int size = (int)PaddedPlane(shape);
        values = buffer;
        places = (int*)(buffer + size);
        columns = buffer + (2 * (nint)size);
    }

    /// <summary>Whether gathering works for the shape and is faster.</summary>
    public static bool Suits(PoolingShape shape)
    {
        long stride = shape.StrideWidth, pooled = shape.PooledWidth;
        if (stride > 2 || (long)shape.KernelHeight * shape.KernelWidth > MostTaps || BufferSize(shape) > int.MaxValue)
        {
            return false;
        }

        long beyond = Math.Max(0, (((long)shape.Width - 1 + shape.PadWidth) / stride) + 1 - pooled);
        return ((pooled - Reach(shape)) * stride) - shape.PadWidth >= shape.KernelWidth
            && (beyond * stride) + shape.KernelWidth <= pooled * stride;
    }

    /// <summary>Returns the number of floats that a pass needs as scratch.</summary>
    public static long BufferSize(PoolingShape shape) => (2 * PaddedPlane(shape)) + (2 * Slack);

    /// <summary>Computes the gradient as <see cref="MaxPooling.BackwardReference"/> does.</summary>
    /// <param name="dy">The gradients of the windows.</param>
    /// <param name="indices">The place of each window's maximum, or -1.</param>
    /// <param name="dx">The result.</param>
    /// <param name="before">Number of readable values before dy, and before the indices.</param>
    /// <param name="behind">Number of readable values after them.</param>
    public void Backward(float* dy, int* indices, float* dx, long before, long behind)
    {
        switch (VectorUnit.Path)
        {
            case VectorPath.Avx512:
                Backward<MaxLanes512, Vector512<float>, Vector512<int>>(dy, indices, dx, before, behind);
                break;
            case VectorPath.Avx2:
                Backward<MaxLanes256, Vector256<float>, Vector256<int>>(dy, indices, dx, before, behind);
                break;
            default:
                Backward<MaxLanes128, Vector128<float>, Vector128<int>>(dy, indices, dx, before, behind);
                break;
        }
    }

    /// <summary>Computes <see cref="Backward"/> with vectors of one width.</summary>
    public void Backward<TLanes, TValues, TPlaces>(float* dy, int* indices, float* dx, long before, long behind)
        where TLanes : IMaxLanes<TValues, TPlaces>
        where TValues : struct
        where TPlaces : struct
    {
        int reach = Reach(shape), padded = (int)PaddedPlane(shape);
        if (before < reach || behind < padded - reach - shape.PooledSize)
        {
            // The padding has place -1, which no value has.
            new Span<int>(places, padded).Fill(-1);
            new ReadOnlySpan<float>(dy, shape.PooledSize).CopyTo(new Span<float>(values + reach, shape.PooledSize));
            new ReadOnlySpan<int>(indices, shape.PooledSize).CopyTo(new Span<int>(places + reach, shape.PooledSize));
            dy = values + reach;
            indices = places + reach;
        }

        for (int h = 0; h < shape.Height; h++)
        {
            int past = h + shape.PadHeight - shape.KernelHeight;
            int first = past < 0 ? 0 : (past / shape.StrideHeight) + 1;
            int rows = Math.Min(shape.PooledHeight, ((h + shape.PadHeight) / shape.StrideHeight) + 1) - first;
            int window = first * shape.PooledWidth;
            if (shape.StrideWidth == 1)
            {
                Row<TLanes, TValues, TPlaces>(dy + window, indices + window, rows, h, dx);
            }
            else
            {
                RowInTurn<TLanes, TValues, TPlaces>(dy + window, indices + window, rows, h, dx);
            }
        }
    }

    // A vector may write beyond the end of a row, since the next row is written later, except in the plane's last row.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Row<TLanes, TValues, TPlaces>(float* dy, int* indices, int rows, int h, float* dx)
        where TLanes : IMaxLanes<TValues, TPlaces>
        where TValues : struct
        where TPlaces : struct
    {
        int width = shape.Width, step = shape.PooledWidth, from = h * width, size = shape.PlaneSize;
        int back = shape.KernelWidth - 1;
        dy += shape.PadWidth;
        indices += shape.PadWidth;
        for (int w = 0; w < width; w += TLanes.Width)
        {
            TValues sum = Sum<TLanes, TValues, TPlaces>(TLanes.From(from + w), dy + w, indices + w, back, rows, step);
            TLanes.Store(sum, dx + from + w, size - from - w >= TLanes.Width ? TLanes.Width : width - w);
        }
    }

    // Column 2 m - pad is the first column of window m, and the next one its second.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RowInTurn<TLanes, TValues, TPlaces>(float* dy, int* indices, int rows, int h, float* dx)
        where TLanes : IMaxLanes<TValues, TPlaces>
        where TValues : struct
        where TPlaces : struct
    {
        int width = shape.Width, step = shape.PooledWidth, from = h * width, size = shape.PlaneSize;
        int back = Reach(shape), backOfOdd = shape.KernelWidth > 1 ? (shape.KernelWidth - 2) / 2 : -1;
        dy += shape.PadWidth / 2;
        indices += shape.PadWidth / 2;
        for (int m = 0, w = -(shape.PadWidth % 2); w < width; m += TLanes.Width, w += 2 * TLanes.Width)
        {
            TPlaces place = TLanes.EverySecond(from + w);
            TValues even = Sum<TLanes, TValues, TPlaces>(place, dy + m, indices + m, back, rows, step);
            place = TLanes.Add(place, 1);
            TValues odd = Sum<TLanes, TValues, TPlaces>(place, dy + m, indices + m, backOfOdd, rows, step);
            if (w >= 0 && size - from - w >= 2 * TLanes.Width)
            {
                TLanes.StoreInTurn(even, odd, dx + from + w);
                continue;
            }

            TLanes.StoreInTurn(even, odd, columns);
            for (int i = Math.Max(0, -w); i < Math.Min(2 * TLanes.Width, width - w); i++)
            {
                dx[from + w + i] = columns[i];
            }
        }
    }

    // Sums over some rows of windows: in each row the window at the pointers and the `back` windows to its left.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TValues Sum<TLanes, TValues, TPlaces>(
        TPlaces place, float* dy, int* indices, int back, int rows, int step)
        where TLanes : IMaxLanes<TValues, TPlaces>
        where TValues : struct
        where TPlaces : struct
    {
        TValues sum = TLanes.All(0);
        for (int row = 0; row < rows; row++, dy += step, indices += step)
        {
            for (int i = -back; i <= 0; i++)
            {
                sum = TLanes.AddWhere(TLanes.Load(indices + i), place, TLanes.Load(dy + i), sum);
            }
        }

        return sum;
    }

    // The number of windows to the left of a window that may still contain its first column.
    private static int Reach(PoolingShape shape) => (shape.KernelWidth - 1) / shape.StrideWidth;

    // The number of windows of a plane, with the values that are read before and after them.
    private static long PaddedPlane(PoolingShape shape) =>
        Reach(shape) + (long)shape.PooledSize + (((long)shape.Width + shape.PadWidth) / shape.StrideWidth) + 1 + Slack;
}
