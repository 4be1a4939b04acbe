using System.Runtime.Intrinsics;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary>Sums of arrays.</summary>
internal static unsafe class SumKernel
{
    /// <summary><c>target[i] += source[i]</c>.</summary>
    public static void AddTo(float* target, float* source, int count, WorkerPool pool)
    {
        var job = new Job(target, source, count);
        pool.Run(ElementParts.Count(count), ref job);
    }

    private readonly struct Job(float* target, float* source, int count) : IParts
    {
        public void Run(int part, int worker)
        {
            var (i, end) = ElementParts.Range(part, count);
            for (; i <= end - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                (Vector512.Load(target + i) + Vector512.Load(source + i)).Store(target + i);
            }

            for (; i < end; i++)
            {
                target[i] += source[i];
            }
        }
    }
}
