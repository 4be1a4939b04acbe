using System.Runtime.Intrinsics;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary>Two arrays of one shape into a third, value by value.</summary>
internal static unsafe class EltwiseKernel
{
    /// <summary><c>y = f(a, b)</c>; y may be a or b.</summary>
    public static void Run<T>(T operation, float* a, float* b, float* y, int count, WorkerPool pool)
        where T : struct, IBinaryOperation
    {
        var job = new Job<T>(operation, a, b, y, count);
        pool.Run(ElementParts.Count(count), ref job);
    }

    private readonly struct Job<T>(T operation, float* a, float* b, float* y, int count) : IParts
        where T : struct, IBinaryOperation
    {
        public void Run(int part, int worker)
        {
            var (i, end) = ElementParts.Range(part, count);
            for (; i <= end - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                operation.Compute(Vector512.Load(a + i), Vector512.Load(b + i)).Store(y + i);
            }

            // The rest as one vector over copies, so that an operation has one form.
            if (i < end)
            {
                float* rest = stackalloc float[3 * 16];
                Copy(a + i, rest, end - i);
                Copy(b + i, rest + 16, end - i);
                operation.Compute(Vector512.Load(rest), Vector512.Load(rest + 16)).Store(rest + 32);
                Copy(rest + 32, y + i, end - i);
            }
        }

        private static void Copy(float* from, float* to, int length) =>
            new ReadOnlySpan<float>(from, length).CopyTo(new Span<float>(to, length));
    }
}
