using System.Runtime.Intrinsics;

namespace Cnn.Layers.Kernels.Pooling;

/// <summary>
/// Pooling of one plane in two steps: the rows of a row of windows are combined column by column, in vectors, and then the
/// columns of each window.
/// </summary>
internal static unsafe class RowPooling
{
    /// <summary>The greatest values and where they were, as <see cref="MaxPooling.ForwardReference"/> has them.</summary>
    /// <param name="x">The plane.</param>
    /// <param name="y">The result.</param>
    /// <param name="indices">Where the values were.</param>
    /// <param name="shape">The geometry.</param>
    /// <param name="room">Memory for twice a row.</param>
    public static void Max(float* x, float* y, int* indices, PoolingShape shape, float* room)
    {
        float* values = room;
        int* places = (int*)(room + shape.Width);
        for (int row = 0; row < shape.PooledHeight; row++)
        {
            PoolingShape.Window rows = shape.At(row, 0);
            MaxOfRows(x, values, places, shape.Width, rows.Top, rows.Bottom);
            for (int column = 0; column < shape.PooledWidth; column++)
            {
                int left = (column * shape.StrideWidth) - shape.PadWidth;
                int right = Math.Min(left + shape.KernelWidth, shape.Width);
                float max = float.MinValue;
                int at = -1;
                for (int w = Math.Max(left, 0); w < right; w++)
                {
                    // Of equals the first in the order of rows, which has the smaller index.
                    if (values[w] > max || (values[w] == max && places[w] < at))
                    {
                        (max, at) = (values[w], places[w]);
                    }
                }

                int i = (row * shape.PooledWidth) + column;
                (y[i], indices[i]) = (max, at);
            }
        }
    }

    /// <summary>The means, with the divisor of <see cref="PoolingShape.At"/>.</summary>
    /// <param name="x">The plane.</param>
    /// <param name="y">The result.</param>
    /// <param name="shape">The geometry.</param>
    /// <param name="room">Memory for a row.</param>
    public static void Average(float* x, float* y, PoolingShape shape, float* room)
    {
        for (int row = 0; row < shape.PooledHeight; row++)
        {
            PoolingShape.Window rows = shape.At(row, 0);
            new Span<float>(room, shape.Width).Clear();
            for (int h = rows.Top; h < rows.Bottom; h++)
            {
                Add(x + (h * shape.Width), room, shape.Width);
            }

            for (int column = 0; column < shape.PooledWidth; column++)
            {
                PoolingShape.Window window = shape.At(row, column);
                float sum = 0;
                for (int w = window.Left; w < window.Right; w++)
                {
                    sum += room[w];
                }

                y[(row * shape.PooledWidth) + column] = sum / window.Area;
            }
        }
    }

    /// <summary>Spreads each mean's gradient over its window.</summary>
    /// <param name="dy">The gradient of the means.</param>
    /// <param name="dx">The plane's gradient, overwritten.</param>
    /// <param name="shape">The geometry.</param>
    /// <param name="room">Memory for a row.</param>
    public static void AverageBackward(float* dy, float* dx, PoolingShape shape, float* room)
    {
        new Span<float>(dx, shape.PlaneSize).Clear();
        for (int row = 0; row < shape.PooledHeight; row++)
        {
            new Span<float>(room, shape.Width).Clear();
            for (int column = 0; column < shape.PooledWidth; column++)
            {
                PoolingShape.Window window = shape.At(row, column);
                float each = dy[(row * shape.PooledWidth) + column] / window.Area;
                for (int w = window.Left; w < window.Right; w++)
                {
                    room[w] += each;
                }
            }

            PoolingShape.Window rows = shape.At(row, 0);
            for (int h = rows.Top; h < rows.Bottom; h++)
            {
                Add(room, dx + (h * shape.Width), shape.Width);
            }
        }
    }

    private static void MaxOfRows(float* x, float* values, int* places, int width, int top, int bottom)
    {
        int w = 0;
        for (; w <= width - Vector512<float>.Count; w += Vector512<float>.Count)
        {
            Vector512<float> max = Vector512.Create(float.MinValue);
            Vector512<int> at = Vector512<int>.AllBitsSet, place = Vector512<int>.Indices + Vector512.Create((top * width) + w);
            for (int h = top; h < bottom; h++)
            {
                Vector512<float> value = Vector512.Load(x + (h * width) + w);
                Vector512<float> isMore = Vector512.GreaterThan(value, max);
                max = Vector512.ConditionalSelect(isMore, value, max);
                at = Vector512.ConditionalSelect(isMore.AsInt32(), place, at);
                place += Vector512.Create(width);
            }

            max.Store(values + w);
            at.Store(places + w);
        }

        for (; w < width; w++)
        {
            (values[w], places[w]) = (float.MinValue, -1);
            for (int h = top; h < bottom; h++)
            {
                if (x[(h * width) + w] > values[w])
                {
                    (values[w], places[w]) = (x[(h * width) + w], (h * width) + w);
                }
            }
        }
    }

    private static void Add(float* from, float* to, int width)
    {
        int w = 0;
        for (; w <= width - Vector512<float>.Count; w += Vector512<float>.Count)
        {
            (Vector512.Load(to + w) + Vector512.Load(from + w)).Store(to + w);
        }

        for (; w < width; w++)
        {
            to[w] += from[w];
        }
    }
}
