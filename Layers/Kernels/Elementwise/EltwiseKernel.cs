using System.Runtime.CompilerServices;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary>Combines two arrays of one shape into a third, value by value.</summary>
internal static unsafe class EltwiseKernel
{
    /// <summary>Computes <c>y = f(a, b)</c>; y may be a or b.</summary>
    public static void Run<T>(T operation, float* a, float* b, float* y, int count, WorkerPool pool)
        where T : struct, IBinaryOperation
    {
        KernelGuard.Array(a, count);
        KernelGuard.Array(b, count);
        KernelGuard.Array(y, count);
        KernelGuard.SameOrApart(a, y, count);
        KernelGuard.SameOrApart(b, y, count);
        var job = new Job<T>(operation, a, b, y, count);
        pool.Run(ElementParts.Count(count), ref job);
    }

    private readonly struct Job<T>(T operation, float* a, float* b, float* y, int count) : IParallelJob
        where T : struct, IBinaryOperation
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
        private void Compute(int i, int left) =>
            Lanes.Store(operation.Compute(Lanes.Load(a + i, left), Lanes.Load(b + i, left)), y + i, left);
    }
}
