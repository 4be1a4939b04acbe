using System.Runtime.CompilerServices;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary>
/// Copies blocks of adjacent values, at regular distances in one array, to regular distances in another: concatenating
/// and slicing along an axis reduce to this.
/// </summary>
internal static unsafe class BlockKernel
{
    // Below this length a loop is faster than a call to copy.
    private const int Short = 12;

    /// <summary>Copies blocks.</summary>
    /// <param name="from">The first block.</param>
    /// <param name="fromStride">Distance from one block to the next.</param>
    /// <param name="to">Where the first block goes.</param>
    /// <param name="toStride">Distance from one block to the next in the target.</param>
    /// <param name="length">Values per block.</param>
    /// <param name="blocks">How many blocks.</param>
    /// <param name="pool">The threads to compute with.</param>
    public static void Copy(
        float* from, long fromStride, float* to, long toStride, int length, int blocks, WorkerPool pool)
    {
        KernelGuard.Size(length);
        KernelGuard.Size(blocks);
        if (length > 0 && blocks > 0)
        {
            KernelGuard.Array(from, ((blocks - 1) * fromStride) + length);
            KernelGuard.Array(to, ((blocks - 1) * toStride) + length);
            var job = new Job(from, fromStride, to, toStride, length, blocks);
            pool.Run(job.Parts, ref job);
        }
    }

    /// <summary>Copies a whole array.</summary>
    public static void Copy(float* from, float* to, int count, WorkerPool pool) =>
        Copy(from, count, to, count, count, 1, pool);

    /// <summary>Copies values; with a loop if they are few.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void CopyBlock(float* from, float* to, int length)
    {
        if (length >= Short)
        {
            new ReadOnlySpan<float>(from, length).CopyTo(new Span<float>(to, length));
            return;
        }

        for (int i = 0; i < length; i++)
        {
            to[i] = from[i];
        }
    }

    private readonly struct Job(
        float* from, long fromStride, float* to, long toStride, int length, int blocks) : IParallelJob
    {
        private readonly RowParts split = new(blocks, length);

        public int Parts => split.Count;

        public void Run(int part, int worker)
        {
            var (first, last, start, end) = split.Block(part);
            for (long block = first; block < last; block++)
            {
                CopyBlock(from + (block * fromStride) + start, to + (block * toStride) + start, end - start);
            }
        }
    }
}
