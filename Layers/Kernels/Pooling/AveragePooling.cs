using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Pooling;

/// <summary>The mean of each window, with the divisor of <see cref="PoolingShape.At"/>.</summary>
internal static unsafe class AveragePooling
{
    private const int PlanesPerPart = PlaneLanes.Count;

    /// <summary>y from x.</summary>
    public static void Forward(float* x, float* y, int planes, PoolingShape shape, WorkerPool pool)
    {
        var job = new ForwardJob(x, y, planes, shape, pool);
        pool.Run((planes + PlanesPerPart - 1) / PlanesPerPart, ref job);
    }

    /// <summary>dx from dy: each value is spread over its window.</summary>
    public static void Backward(float* dy, float* dx, int planes, PoolingShape shape, WorkerPool pool)
    {
        var job = new BackwardJob(dy, dx, planes, shape, pool);
        pool.Run((planes + PlanesPerPart - 1) / PlanesPerPart, ref job);
    }

    private readonly struct ForwardJob(float* x, float* y, int planes, PoolingShape shape, WorkerPool pool) : IParts
    {
        public void Run(int part, int worker)
        {
            int first = part * PlanesPerPart, end = Math.Min(planes, first + PlanesPerPart);
            if (LanePooling.Suits(shape))
            {
                float* lanes = pool.Scratch(worker, ScratchSlot.Layer, LanePooling.Room(shape));
                LanePooling.Average(
                    x + ((long)first * shape.PlaneSize), y + ((long)first * shape.PooledSize), end - first, shape, lanes);
                return;
            }

            float* room = pool.Scratch(worker, ScratchSlot.Layer, shape.Width);
            for (int plane = first; plane < end; plane++)
            {
                RowPooling.Average(x + ((long)plane * shape.PlaneSize), y + ((long)plane * shape.PooledSize), shape, room);
            }
        }
    }

    private readonly struct BackwardJob(float* dy, float* dx, int planes, PoolingShape shape, WorkerPool pool) : IParts
    {
        public void Run(int part, int worker)
        {
            int first = part * PlanesPerPart, end = Math.Min(planes, first + PlanesPerPart);
            if (LanePooling.Suits(shape))
            {
                float* lanes = pool.Scratch(worker, ScratchSlot.Layer, LanePooling.Room(shape));
                LanePooling.AverageBackward(
                    dy + ((long)first * shape.PooledSize), dx + ((long)first * shape.PlaneSize), end - first, shape, lanes);
                return;
            }

            float* room = pool.Scratch(worker, ScratchSlot.Layer, shape.Width);
            for (int plane = first; plane < end; plane++)
            {
                RowPooling.AverageBackward(
                    dy + ((long)plane * shape.PooledSize), dx + ((long)plane * shape.PlaneSize), shape, room);
            }
        }
    }
}
