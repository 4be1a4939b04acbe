using System.Runtime.Intrinsics;

namespace Cnn.Layers.Kernels.Pooling;

/// <summary>
/// Mean pooling of up to sixteen small planes at a time, interleaved by <see cref="PlaneLanes"/>; the sums are those of
/// <see cref="RowPooling"/>, in the same order, so the results are bit-identical.
/// </summary>
internal static unsafe class LanePooling
{
    // Sixteen planes and their means fit into a second-level cache.
    private const int MostPixels = 8 * 1024;

    /// <summary>Whether planes are small enough.</summary>
    public static bool Suits(in PoolingShape shape) => shape.PlaneSize <= MostPixels && shape.PooledSize <= MostPixels;

    /// <summary>Returns the number of floats that a pass needs as scratch.</summary>
    public static int BufferSize(in PoolingShape shape) =>
        PlaneLanes.Count * (shape.PlaneSize + shape.PooledSize + shape.Width);

    /// <summary>Computes <see cref="RowPooling.Average"/> for several planes.</summary>
    public static void Average(float* x, float* y, int planes, in PoolingShape shape, float* buffer)
    {
        float* pixels = buffer, means = pixels + (PlaneLanes.Count * shape.PlaneSize);
        float* sums = means + (PlaneLanes.Count * shape.PooledSize);
        PlaneLanes.Load(x, shape.PlaneSize, planes, shape.PlaneSize, pixels);
        int rowSize = PlaneLanes.Count * shape.Width;
        float* mean = means;
        for (int row = 0; row < shape.PooledHeight; row++)
        {
            PoolingShape.Window rows = shape.At(row, 0);
            for (int w = 0; w < rowSize; w += PlaneLanes.Count)
            {
                Vector512<float> sum = default;
                for (int h = rows.Top; h < rows.Bottom; h++)
                {
                    sum += Vector512.Load(pixels + (h * rowSize) + w);
                }

                sum.Store(sums + w);
            }

            for (int column = 0; column < shape.PooledWidth; column++, mean += PlaneLanes.Count)
            {
                PoolingShape.Window window = shape.At(row, column);
                Vector512<float> sum = default;
                for (int w = window.Left; w < window.Right; w++)
                {
                    sum += Vector512.Load(sums + (PlaneLanes.Count * w));
                }

                (sum / Vector512.Create((float)window.Area)).Store(mean);
            }
        }

        PlaneLanes.Store(means, y, shape.PooledSize, planes, shape.PooledSize);
    }

    /// <summary>Computes <see cref="RowPooling.AverageBackward"/> for several planes.</summary>
    public static void AverageBackward(float* dy, float* dx, int planes, in PoolingShape shape, float* buffer)
    {
        float* pixels = buffer, means = pixels + (PlaneLanes.Count * shape.PlaneSize);
        float* sums = means + (PlaneLanes.Count * shape.PooledSize);
        PlaneLanes.Load(dy, shape.PooledSize, planes, shape.PooledSize, means);
        int rowSize = PlaneLanes.Count * shape.Width;
        new Span<float>(pixels, PlaneLanes.Count * shape.PlaneSize).Clear();
        float* mean = means;
        for (int row = 0; row < shape.PooledHeight; row++)
        {
            new Span<float>(sums, rowSize).Clear();
            for (int column = 0; column < shape.PooledWidth; column++, mean += PlaneLanes.Count)
            {
                PoolingShape.Window window = shape.At(row, column);
                Vector512<float> each = Vector512.Load(mean) / Vector512.Create((float)window.Area);
                for (int w = window.Left; w < window.Right; w++)
                {
                    float* at = sums + (PlaneLanes.Count * w);
                    (Vector512.Load(at) + each).Store(at);
                }
            }

            PoolingShape.Window rows = shape.At(row, 0);
            for (int h = rows.Top; h < rows.Bottom; h++)
            {
                float* to = pixels + (h * rowSize);
                for (int w = 0; w < rowSize; w += PlaneLanes.Count)
                {
                    (Vector512.Load(to + w) + Vector512.Load(sums + w)).Store(to + w);
                }
            }
        }

        PlaneLanes.Store(pixels, dx, shape.PlaneSize, planes, shape.PlaneSize);
    }
}
