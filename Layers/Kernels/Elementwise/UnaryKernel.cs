using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary>Runs an <see cref="IUnaryOperation"/> over arrays, in parts and vectors.</summary>
internal static unsafe class UnaryKernel
{
    /// <summary>Computes <c>y[i] = f(x[i])</c>; x and y may be the same.</summary>
    public static void Forward<T>(T operation, float* x, float* y, int count, WorkerPool pool)
        where T : struct, IUnaryOperation
    {
        KernelGuard.Array(x, count);
        KernelGuard.Array(y, count);
        KernelGuard.SameOrApart(x, y, count);
        var job = new ForwardJob<T>(operation, x, y, count);
        pool.Run(ElementParts.Count(count), ref job);
    }

    /// <summary>Computes <c>dx[i] = dy[i] * f'(x[i])</c>; dx and dy may be the same.</summary>
    public static void Backward<T>(T operation, float* x, float* y, float* dy, float* dx, int count, WorkerPool pool)
        where T : struct, IUnaryOperation
    {
        KernelGuard.Array(x, count);
        KernelGuard.Array(y, count);
        KernelGuard.Array(dy, count);
        KernelGuard.Array(dx, count);
        KernelGuard.SameOrApart(dy, dx, count);
        KernelGuard.Apart(x, count, dx, count);
        KernelGuard.Apart(y, count, dx, count);
        var job = new BackwardJob<T>(operation, x, y, dy, dx, count);
        pool.Run(ElementParts.Count(count), ref job);
    }

    private readonly struct ForwardJob<T>(T operation, float* x, float* y, int count) : IParallelJob
        where T : struct, IUnaryOperation
    {
        public void Run(int part, int worker)
        {
            var (i, end) = ElementParts.Range(part, count);
            for (; i <= end - Lanes.Width; i += Lanes.Width)
            {
                Compute(i, Lanes.Width);
            }

            if (i < end)
            {
                Compute(i, end - i);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Compute(int i, int left) => Lanes.Store(operation.Forward(Lanes.Load(x + i, left)), y + i, left);
    }

    private readonly struct BackwardJob<T>(
        T operation, float* x, float* y, float* dy, float* dx, int count) : IParallelJob
        where T : struct, IUnaryOperation
    {
        public void Run(int part, int worker)
        {
            var (i, end) = ElementParts.Range(part, count);
            for (; i <= end - Lanes.Width; i += Lanes.Width)
            {
                Compute(i, Lanes.Width);
            }

            if (i < end)
            {
                Compute(i, end - i);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Compute(int i, int left)
        {
            Vector512<float> slope = operation.Backward(
                Lanes.Load(x + i, left), Lanes.Load(y + i, left), Lanes.Load(dy + i, left));
            Lanes.Store(slope, dx + i, left);
        }
    }
}
