using System.Runtime.Intrinsics;
using Cnn.Layers;
using Cnn.Layers.Threading;

namespace Cnn.Runner.Reports;

/// <summary>
/// Measures the memory's bandwidth: the triad a = b + s c over arrays far larger than the caches, on all threads.
/// </summary>
internal static unsafe class Bandwidth
{
    private const int Count = 16 * 1024 * 1024;
    private const int PartValues = 64 * 1024;

    /// <summary>
    /// Returns bytes per second, reads and writes together as the triad counts them: twelve per value.
    /// </summary>
    public static double Triad(WorkerPool pool)
    {
        AlignedBuffer a = new(Count), b = new(Count), c = new(Count);
        b.Span.Fill(1);
        c.Span.Fill(2);
        var job = new Job { A = a.Pointer, B = b.Pointer, C = c.Pointer };
        Measure measure = Measure.Of(() => pool.Run(Count / PartValues, ref job), 0.5);
        GC.KeepAlive((a, b, c));
        return 12.0 * Count / measure.Least;
    }

    private struct Job : IParallelJob
    {
        public float* A, B, C;

        public readonly void Run(int part, int worker)
        {
            int end = (part + 1) * PartValues;
            for (int i = part * PartValues; i < end; i += Vector512<float>.Count)
            {
                (Vector512.Load(B + i) + (Vector512.Load(C + i) * 3)).Store(A + i);
            }
        }
    }
}
