using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Pooling;

/// <summary>The mean of each window, with the divisor of <see cref="PoolingShape.At"/>.</summary>
internal static unsafe class AveragePooling
{
    private const int PlanesPerPart = PlaneLanes.Count;

    /// <summary>Computes y from x.</summary>
    public static void Forward(float* x, float* y, int planes, PoolingShape shape, WorkerPool pool)
    {
        KernelGuard.Array(x, planes, shape.Height, shape.Width);
        KernelGuard.Array(y, planes, shape.PooledHeight, shape.PooledWidth);
        KernelGuard.Apart(x, (long)planes * shape.PlaneSize, y, (long)planes * shape.PooledSize);
        var job = new ForwardJob(x, y, planes, shape, pool);
        pool.Run((planes + PlanesPerPart - 1) / PlanesPerPart, ref job);
    }

    /// <summary>Computes dx from dy: spreads each value over its window.</summary>
    public static void Backward(float* dy, float* dx, int planes, PoolingShape shape, WorkerPool pool)
    {
        KernelGuard.Array(dy, planes, shape.PooledHeight, shape.PooledWidth);
        KernelGuard.Array(dx, planes, shape.Height, shape.Width);
        KernelGuard.Apart(dx, (long)planes * shape.PlaneSize, dy, (long)planes * shape.PooledSize);
        var job = new BackwardJob(dy, dx, planes, shape, pool);
        pool.Run((planes + PlanesPerPart - 1) / PlanesPerPart, ref job);
    }

    private readonly struct ForwardJob(
        float* x, float* y, int planes, PoolingShape shape, WorkerPool pool) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            int first = part * PlanesPerPart, end = Math.Min(planes, first + PlanesPerPart);
            float* from = x + ((long)first * shape.PlaneSize), to = y + ((long)first * shape.PooledSize);
            if (LanePooling.Suits(shape))
            {
                float* lanes = pool.Scratch(worker, ScratchSlot.Layer, LanePooling.BufferSize(shape));
                LanePooling.Average(from, to, end - first, shape, lanes);
                return;
            }

            float* buffer = pool.Scratch(worker, ScratchSlot.Layer, shape.Width);
            for (int plane = first; plane < end; plane++, from += shape.PlaneSize, to += shape.PooledSize)
            {
                RowPooling.Average(from, to, shape, buffer);
            }
        }
    }

    private readonly struct BackwardJob(
        float* dy, float* dx, int planes, PoolingShape shape, WorkerPool pool) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            int first = part * PlanesPerPart, end = Math.Min(planes, first + PlanesPerPart);
            float* from = dy + ((long)first * shape.PooledSize), to = dx + ((long)first * shape.PlaneSize);
            if (LanePooling.Suits(shape))
            {
                float* lanes = pool.Scratch(worker, ScratchSlot.Layer, LanePooling.BufferSize(shape));
                LanePooling.AverageBackward(from, to, end - first, shape, lanes);
                return;
            }

            float* buffer = pool.Scratch(worker, ScratchSlot.Layer, shape.Width);
            for (int plane = first; plane < end; plane++, from += shape.PooledSize, to += shape.PlaneSize)
            {
                RowPooling.AverageBackward(from, to, shape, buffer);
            }
        }
    }
}
