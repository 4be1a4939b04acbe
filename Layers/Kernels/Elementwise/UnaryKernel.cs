using System.Runtime.Intrinsics;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary>Runs a <see cref="IUnaryOperation"/> over arrays, in parts and vectors.</summary>
internal static unsafe class UnaryKernel
{
    /// <summary><c>y[i] = f(x[i])</c>; x and y may be the same.</summary>
    public static void Forward<T>(T operation, float* x, float* y, int count, WorkerPool pool)
        where T : struct, IUnaryOperation
    {
        var job = new ForwardJob<T>(operation, x, y, count);
        pool.Run(ElementParts.Count(count), ref job);
    }

    /// <summary><c>dx[i] = dy[i] * f'(x[i])</c>; dx and dy may be the same.</summary>
    public static void Backward<T>(T operation, float* x, float* y, float* dy, float* dx, int count, WorkerPool pool)
        where T : struct, IUnaryOperation
    {
        var job = new BackwardJob<T>(operation, x, y, dy, dx, count);
        pool.Run(ElementParts.Count(count), ref job);
    }

    private readonly struct ForwardJob<T>(T operation, float* x, float* y, int count) : IParts
        where T : struct, IUnaryOperation
    {
        public void Run(int part, int worker)
        {
            var (i, end) = ElementParts.Range(part, count);
            for (; i <= end - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                operation.Forward(Vector512.Load(x + i)).Store(y + i);
            }

            for (; i < end; i++)
            {
                y[i] = operation.Forward(x[i]);
            }
        }
    }

    private readonly struct BackwardJob<T>(T operation, float* x, float* y, float* dy, float* dx, int count) : IParts
        where T : struct, IUnaryOperation
    {
        public void Run(int part, int worker)
        {
            var (i, end) = ElementParts.Range(part, count);
            for (; i <= end - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                operation.Backward(Vector512.Load(x + i), Vector512.Load(y + i), Vector512.Load(dy + i)).Store(dx + i);
            }

            for (; i < end; i++)
            {
                dx[i] = operation.Backward(x[i], y[i], dy[i]);
            }
        }
    }
}
