using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Recurrent;

/// <summary>
/// Prepares a hidden state for the first step: multiplies each stream's row by its marker, and writes 0 where the
/// marker is 0.
/// </summary>
internal static unsafe class ContinueKernel
{
    /// <summary>Computes <c>target[n, :] = markers[n] * source[n, :]</c> over [streams, size].</summary>
    public static void Run(int streams, int size, float* source, float* markers, float* target, WorkerPool pool)
    {
        KernelGuard.Array(source, streams, size);
        KernelGuard.Array(target, streams, size);
        KernelGuard.Array(markers, streams);
        KernelGuard.SameOrApart(source, target, (long)streams * size);
        var job = new Job
        {
            Size = size, Source = source, Markers = markers, Target = target, Parts = new StreamParts(streams, size),
        };
        pool.Run(job.Parts.Count, ref job);
    }

    private struct Job : IParallelJob
    {
        public int Size;
        public float* Source, Markers, Target;
        public StreamParts Parts;

        public readonly void Run(int part, int worker)
        {
            Parts.Range(part, out int row, out int end, out int first, out int last);
            for (; row < end; row++)
            {
                nint start = (nint)row * Size;
                for (int j = first; j < last; j += Lanes.Width)
                {
                    var values = Lanes.Load(Source + start + j, last - j);
                    Lanes.Store(Lanes.Continue(values, Markers[row]), Target + start + j, last - j);
                }
            }
        }
    }
}
