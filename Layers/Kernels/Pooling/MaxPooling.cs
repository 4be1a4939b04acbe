using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Pooling;

/// <summary>
/// The greatest value of each window and its place: the index h * W + w in its plane, the first among equals; -1 and
/// -FLT_MAX where a window lies outside the image.
/// </summary>
internal static unsafe class MaxPooling
{
    // Planes per part: fixed, so that parts do not depend on the number of threads.
    private const int PlanesPerPart = 16;

    /// <summary>Computes y and the indices from x; only y where the indices are null.</summary>
    public static void Forward(float* x, float* y, int* indices, int planes, PoolingShape shape, WorkerPool pool)
    {
        KernelGuard.Array(x, planes, shape.Height, shape.Width);
        KernelGuard.Array(y, planes, shape.PooledHeight, shape.PooledWidth);
        KernelGuard.ArrayOrNull(indices, planes, shape.PooledHeight, shape.PooledWidth);
        KernelGuard.Apart(x, (long)planes * shape.PlaneSize, y, (long)planes * shape.PooledSize);
        KernelGuard.Apart(y, (long)planes * shape.PooledSize, indices, (long)planes * shape.PooledSize);
        var job = new ForwardJob(x, y, indices, planes, shape, pool);
        pool.Run((planes + PlanesPerPart - 1) / PlanesPerPart, ref job);
    }

    /// <summary>Computes dx from dy: adds each value at the place of its maximum.</summary>
    public static void Backward(float* dy, int* indices, float* dx, int planes, PoolingShape shape, WorkerPool pool)
    {
        KernelGuard.Array(dy, planes, shape.PooledHeight, shape.PooledWidth);
        KernelGuard.Array(indices, planes, shape.PooledHeight, shape.PooledWidth);
        KernelGuard.Array(dx, planes, shape.Height, shape.Width);
        KernelGuard.Apart(dx, (long)planes * shape.PlaneSize, dy, (long)planes * shape.PooledSize);
        KernelGuard.Apart(dx, (long)planes * shape.PlaneSize, indices, (long)planes * shape.PooledSize);
        var job = new BackwardJob(dy, indices, dx, planes, shape, pool);
        pool.Run((planes + PlanesPerPart - 1) / PlanesPerPart, ref job);
    }

    /// <summary>Computes one plane, window by window; the indices may be null.</summary>
    public static void ForwardReference(float* x, float* y, int* indices, PoolingShape shape)
    {
        for (int row = 0; row < shape.PooledHeight; row++)
        {
            for (int column = 0; column < shape.PooledWidth; column++)
            {
                PoolingShape.Window window = shape.At(row, column);
                float max = float.MinValue;
                int at = -1;
                for (int h = window.Top; h < window.Bottom; h++)
                {
                    for (int w = window.Left; w < window.Right; w++)
                    {
                        if (x[(h * shape.Width) + w] > max)
                        {
                            at = (h * shape.Width) + w;
                            max = x[at];
                        }
                    }
                }

                y[(row * shape.PooledWidth) + column] = max;
                if (indices != null)
                {
                    indices[(row * shape.PooledWidth) + column] = at;
                }
            }
        }
    }

    /// <summary>Computes the gradient of one plane, window by window.</summary>
    public static void BackwardReference(float* dy, int* indices, float* dx, PoolingShape shape)
    {
        new Span<float>(dx, shape.PlaneSize).Clear();
        for (int i = 0; i < shape.PooledSize; i++)
        {
            if (indices[i] >= 0)
            {
                dx[indices[i]] += dy[i];
            }
        }
    }

    private readonly struct ForwardJob(
        float* x, float* y, int* indices, int planes, PoolingShape shape, WorkerPool pool) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            bool areSquares = shape.IsSquaresOfTwo && indices != null;
            bool isWide = !areSquares && !MaxOfWindows.Suits(shape);
            MaxOfWindows windows = areSquares || isWide
                ? default
                : new MaxOfWindows(shape, pool.Scratch(worker, ScratchSlot.Layer, MaxOfWindows.BufferSize(shape)));

            int end = Math.Min(planes, (part + 1) * PlanesPerPart);
            for (int plane = part * PlanesPerPart; plane < end; plane++)
            {
                float* from = x + ((long)plane * shape.PlaneSize);
                float* to = y + ((long)plane * shape.PooledSize);
                int* at = indices == null ? null : indices + ((long)plane * shape.PooledSize);
                if (areSquares)
                {
                    MaxOfSquares.Forward(shape.PooledHeight, shape.PooledWidth, from, to, at);
                }
                else if (isWide)
                {
                    ForwardReference(from, to, at, shape);
                }
                else
                {
                    windows.Forward(from, to, at);
                }
            }
        }
    }

    private readonly struct BackwardJob(
        float* dy, int* indices, float* dx, int planes, PoolingShape shape, WorkerPool pool) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            bool areSquares = shape.IsSquaresOfTwo, gathers = !areSquares && GradientOfWindows.Suits(shape);
            GradientOfWindows windows = default;
            if (gathers)
            {
                long floats = GradientOfWindows.BufferSize(shape);
                windows = new GradientOfWindows(shape, pool.Scratch(worker, ScratchSlot.Layer, floats));
            }

            int end = Math.Min(planes, (part + 1) * PlanesPerPart);
            for (int plane = part * PlanesPerPart; plane < end; plane++)
            {
                float* to = dx + ((long)plane * shape.PlaneSize);
                long from = (long)plane * shape.PooledSize;
                if (areSquares)
                {
                    MaxOfSquares.Backward(shape.PooledHeight, shape.PooledWidth, dy + from, indices + from, to);
                }
                else if (gathers)
                {
                    windows.Backward(dy + from, indices + from, to, from, (planes - 1L - plane) * shape.PooledSize);
                }
                else
                {
                    BackwardReference(dy + from, indices + from, to, shape);
                }
            }
        }
    }
}
