using System.Runtime.CompilerServices;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary>Sums of arrays.</summary>
internal static unsafe class SumKernel
{
    /// <summary>Computes <c>target[i] += source[i]</c>.</summary>
    public static void AddTo(float* target, float* source, int count, WorkerPool pool)
    {
        KernelGuard.Array(target, count);
        KernelGuard.Array(source, count);
        KernelGuard.SameOrApart(target, source, count);
        var job = new Job(target, source, count);
        pool.Run(ElementParts.Count(count), ref job);
    }

    /// <summary>Computes <c>target[i] += source[i]</c> on the calling thread.</summary>
    internal static void AddTo(float* target, float* source, int count)
    {
        int i = 0;
        for (; i <= count - Lanes.Width; i += Lanes.Width)
        {
            Add(target + i, source + i, Lanes.Width);
        }

        if (i < count)
        {
            Add(target + i, source + i, count - i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* target, float* source, int left) =>
        Lanes.Store(Lanes.Load(target, left) + Lanes.Load(source, left), target, left);

    private readonly struct Job(float* target, float* source, int count) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            var (start, end) = ElementParts.Range(part, count);
            AddTo(target + start, source + start, end - start);
        }
    }
}
