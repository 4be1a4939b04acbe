using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Kernels.Pooling;

/// <summary>
/// Mean pooling of one plane in two steps: the first sums the rows of a row of windows column by column, in vectors;
/// the second sums the columns of each window.
/// </summary>
internal static unsafe class RowPooling
{
    /// <summary>Computes the means, with the divisor of <see cref="PoolingShape.At"/>.</summary>
    /// <param name="x">The plane.</param>
    /// <param name="y">The result.</param>
    /// <param name="shape">The geometry.</param>
    /// <param name="buffer">Scratch for a row.</param>
    public static void Average(float* x, float* y, PoolingShape shape, float* buffer)
    {
        for (int row = 0; row < shape.PooledHeight; row++)
        {
            PoolingShape.Window rows = shape.At(row, 0);
            new Span<float>(buffer, shape.Width).Clear();
            for (int h = rows.Top; h < rows.Bottom; h++)
            {
                SumKernel.AddTo(buffer, x + (h * shape.Width), shape.Width);
            }

            for (int column = 0; column < shape.PooledWidth; column++)
            {
                PoolingShape.Window window = shape.At(row, column);
                float sum = 0;
                for (int w = window.Left; w < window.Right; w++)
                {
                    sum += buffer[w];
                }

                y[(row * shape.PooledWidth) + column] = sum / window.Area;
            }
        }
    }

    /// <summary>Spreads each mean's gradient over its window.</summary>
    /// <param name="dy">The gradient of the means.</param>
    /// <param name="dx">The plane's gradient, overwritten.</param>
    /// <param name="shape">The geometry.</param>
    /// <param name="buffer">Scratch for a row.</param>
    public static void AverageBackward(float* dy, float* dx, PoolingShape shape, float* buffer)
    {
        new Span<float>(dx, shape.PlaneSize).Clear();
        for (int row = 0; row < shape.PooledHeight; row++)
        {
            new Span<float>(buffer, shape.Width).Clear();
            for (int column = 0; column < shape.PooledWidth; column++)
            {
                PoolingShape.Window window = shape.At(row, column);
                float each = dy[(row * shape.PooledWidth) + column] / window.Area;
                for (int w = window.Left; w < window.Right; w++)
                {
                    buffer[w] += each;
                }
            }

            PoolingShape.Window rows = shape.At(row, 0);
            for (int h = rows.Top; h < rows.Bottom; h++)
            {
                SumKernel.AddTo(dx + (h * shape.Width), buffer, shape.Width);
            }
        }
    }
}
