using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary>The running maximum or minimum of several arrays, and the index of the array that has it.</summary>
internal static unsafe class EltwiseMaxKernel
{
    /// <summary>
    /// Where x is greater than y, or smaller if <paramref name="least"/> says so, sets y to x and the winner to
    /// <paramref name="index"/>.
    /// </summary>
    public static void Include(
        float* x, float* y, float* winner, float index, int count, WorkerPool pool, bool least = false)
    {
        KernelGuard.Array(x, count);
        KernelGuard.Array(y, count);
        KernelGuard.Array(winner, count);
        KernelGuard.SameOrApart(x, y, count);
        KernelGuard.Apart(x, count, winner, count);
        KernelGuard.Apart(y, count, winner, count);
        var job = new Job(x, y, winner, index, count, least);
        pool.Run(ElementParts.Count(count), ref job);
    }

    private readonly struct Job(
        float* x, float* y, float* winner, float index, int count, bool least) : IParallelJob
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
            Vector512<float> a = Lanes.Load(x + i, left), b = Lanes.Load(y + i, left);
            Vector512<float> wins = least ? Vector512.LessThan(a, b) : Vector512.GreaterThan(a, b);
            Vector512<float> before = Lanes.Load(winner + i, left);
            Lanes.Store(Vector512.ConditionalSelect(wins, a, b), y + i, left);
            Lanes.Store(Vector512.ConditionalSelect(wins, Vector512.Create(index), before), winner + i, left);
        }
    }
}
