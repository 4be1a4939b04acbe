using System.Diagnostics;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Pooling;

/// <summary>
/// The histogram of each window's values, [planes, H, W] to [planes, bins, H', W']. With
/// <c>t = (x - min) / (max - min) * (bins - 1)</c>, clamped to 0 and bins - 1, a value counts <c>1 - (t - b)</c> for
/// bin <c>b = floor(t)</c> and <c>t - b</c> for the next, divided by the window's size; so between two centres <c>dx =
/// (dy of the next bin - dy of bin b) * (bins - 1) / (max - min) / size</c>, and beyond the outer centres 0.
/// </summary>
internal static unsafe class HistogramPooling
{
    private const int PartValues = 4 * 1024;

    /// <summary>Computes y from x.</summary>
    public static void Forward(float* x, float* y, int planes, PoolingShape shape, HistogramBins bins, WorkerPool pool)
    {
        Require(x, y, planes, shape, bins);
        int each = PlanesPerPart(shape);
        var job = new Job { X = x, Y = y, Planes = planes, PerPart = each, Shape = shape, Bins = bins };
        pool.Run((planes + each - 1) / each, ref job);
    }

    /// <summary>Computes dx from x and dy.</summary>
    public static void Backward(
        float* x, float* dy, float* dx, int planes, PoolingShape shape, HistogramBins bins, WorkerPool pool)
    {
        Require(x, dy, planes, shape, bins);
        Require(dx, dy, planes, shape, bins);
        KernelGuard.Apart(x, (long)planes * shape.PlaneSize, dx, (long)planes * shape.PlaneSize);
        int each = PlanesPerPart(shape);
        var job = new Job { X = x, Y = dy, Dx = dx, Planes = planes, PerPart = each, Shape = shape, Bins = bins };
        pool.Run((planes + each - 1) / each, ref job);
    }

    [Conditional("DEBUG")]
    private static void Require(float* bottom, float* top, int planes, in PoolingShape shape, HistogramBins bins)
    {
        KernelGuard.Array(bottom, planes, shape.Height, shape.Width);
        KernelGuard.Array(top, planes, bins.Count, shape.PooledHeight, shape.PooledWidth);
        KernelGuard.Apart(bottom, (long)planes * shape.PlaneSize, top, (long)planes * bins.Count * shape.PooledSize);
    }

    private static int PlanesPerPart(in PoolingShape shape) => Math.Max(1, PartValues / Math.Max(1, shape.PlaneSize));

    private struct Job : IParallelJob
    {
        public float* X, Y, Dx;
        public int Planes, PerPart;
        public PoolingShape Shape;
        public HistogramBins Bins;

        public readonly void Run(int part, int worker)
        {
            int end = (int)Math.Min(Planes, (part + 1L) * PerPart);
            for (int plane = part * PerPart; plane < end; plane++)
            {
                float* x = X + ((nint)plane * Shape.PlaneSize), y = Y + ((nint)plane * Bins.Count * Shape.PooledSize);
                if (Dx == null)
                {
                    new Span<float>(y, checked(Bins.Count * Shape.PooledSize)).Clear();
                    Walk(x, y, null);
                }
                else
                {
                    float* dx = Dx + ((nint)plane * Shape.PlaneSize);
                    new Span<float>(dx, Shape.PlaneSize).Clear();
                    Walk(x, y, dx);
                }
            }
        }

        private readonly void Walk(float* x, float* y, float* dx)
        {
            float share = 1f / ((float)Shape.KernelHeight * Shape.KernelWidth), slope = share * Bins.PerUnit;
            for (int i = 0; i < Shape.PooledSize; i++)
            {
                int top = i / Shape.PooledWidth * Shape.StrideHeight, left = i % Shape.PooledWidth * Shape.StrideWidth;
                for (int h = top; h < top + Shape.KernelHeight; h++)
                {
                    for (int w = left; w < left + Shape.KernelWidth; w++)
                    {
                        int at = (h * Shape.Width) + w;
                        int bin = Bins.Of(x[at], out float rest, out bool isInside);
                        float* first = y + ((nint)bin * Shape.PooledSize) + i, second = first + Shape.PooledSize;
                        if (dx == null)
                        {
                            *first += (1 - rest) * share;
                            *second += rest * share;
                        }
                        else if (isInside)
                        {
                            dx[at] += (*second - *first) * slope;
                        }
                    }
                }
            }
        }
    }
}
