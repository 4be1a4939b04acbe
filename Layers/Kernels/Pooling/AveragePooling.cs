using Cnn.Layers.Kernels.Threading;

namespace Cnn.Layers.Kernels.Pooling;

/// <summary>The mean of each window, with the divisor of <see cref="PoolingShape.At"/>.</summary>
public static unsafe class AveragePooling
{
    private const int PlanesPerPart = 16;

    /// <summary>y from x.</summary>
    public static void Forward(float* x, float* y, int planes, PoolingShape shape, WorkerPool pool)
    {
        var job = new ForwardJob(x, y, planes, shape);
        pool.Run((planes + PlanesPerPart - 1) / PlanesPerPart, ref job);
    }

    /// <summary>dx from dy: each value is spread over its window.</summary>
    public static void Backward(float* dy, float* dx, int planes, PoolingShape shape, WorkerPool pool)
    {
        var job = new BackwardJob(dy, dx, planes, shape);
        pool.Run((planes + PlanesPerPart - 1) / PlanesPerPart, ref job);
    }

    private readonly struct ForwardJob(float* x, float* y, int planes, PoolingShape shape) : IParts
    {
        public void Run(int part, int worker)
        {
            int end = Math.Min(planes, (part + 1) * PlanesPerPart);
            for (int plane = part * PlanesPerPart; plane < end; plane++)
            {
                float* from = x + ((long)plane * shape.PlaneSize);
                float* to = y + ((long)plane * shape.PooledSize);
                for (int i = 0; i < shape.PooledSize; i++)
                {
                    PoolingShape.Window window = shape.At(i / shape.PooledWidth, i % shape.PooledWidth);
                    float sum = 0;
                    for (int h = window.Top; h < window.Bottom; h++)
                    {
                        for (int w = window.Left; w < window.Right; w++)
                        {
                            sum += from[(h * shape.Width) + w];
                        }
                    }

                    to[i] = sum / window.Area;
                }
            }
        }
    }

    private readonly struct BackwardJob(float* dy, float* dx, int planes, PoolingShape shape) : IParts
    {
        public void Run(int part, int worker)
        {
            int first = part * PlanesPerPart, end = Math.Min(planes, first + PlanesPerPart);
            new Span<float>(dx + ((long)first * shape.PlaneSize), (end - first) * shape.PlaneSize).Clear();
            for (int plane = first; plane < end; plane++)
            {
                float* to = dx + ((long)plane * shape.PlaneSize);
                float* from = dy + ((long)plane * shape.PooledSize);
                for (int i = 0; i < shape.PooledSize; i++)
                {
                    PoolingShape.Window window = shape.At(i / shape.PooledWidth, i % shape.PooledWidth);
                    float each = from[i] / window.Area;
                    for (int h = window.Top; h < window.Bottom; h++)
                    {
                        for (int w = window.Left; w < window.Right; w++)
                        {
                            to[(h * shape.Width) + w] += each;
                        }
                    }
                }
            }
        }
    }
}
