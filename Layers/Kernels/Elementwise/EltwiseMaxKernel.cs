using System.Runtime.Intrinsics;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary>The largest of several arrays so far, and the index of the array that has it.</summary>
internal static unsafe class EltwiseMaxKernel
{
    /// <summary>Where x is above y, y becomes x and the index of the winner becomes <paramref name="index"/>.</summary>
    public static void Include(float* x, float* y, float* winner, float index, int count, WorkerPool pool)
    {
        var job = new Job(x, y, winner, index, count);
        pool.Run(ElementParts.Count(count), ref job);
    }

    private readonly struct Job(float* x, float* y, float* winner, float index, int count) : IParts
    {
        public void Run(int part, int worker)
        {
            var (i, end) = ElementParts.Range(part, count);
            for (; i <= end - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                Vector512<float> a = Vector512.Load(x + i), b = Vector512.Load(y + i);
                Vector512<float> wins = Vector512.GreaterThan(a, b);
                Vector512.ConditionalSelect(wins, a, b).Store(y + i);
                Vector512.ConditionalSelect(wins, Vector512.Create(index), Vector512.Load(winner + i)).Store(winner + i);
            }

            for (; i < end; i++)
            {
                if (x[i] > y[i])
                {
                    (y[i], winner[i]) = (x[i], index);
                }
            }
        }
    }
}
