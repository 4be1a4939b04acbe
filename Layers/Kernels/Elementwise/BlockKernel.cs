using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Threading;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary>
/// Blocks of neighbouring values, at regular distances in one array, to regular distances in another: what joining,
/// cutting, repeating and selecting along an axis come down to.
/// </summary>
public static unsafe class BlockKernel
{
    /// <summary>Copies blocks.</summary>
    /// <param name="from">The first block's place.</param>
    /// <param name="fromStride">From one block to the next; 0 repeats one.</param>
    /// <param name="to">Where the first block goes.</param>
    /// <param name="toStride">From one block to the next there.</param>
    /// <param name="length">Values a block.</param>
    /// <param name="blocks">How many.</param>
    /// <param name="pool">The threads to compute with.</param>
    public static void Copy(
        float* from, long fromStride, float* to, long toStride, int length, int blocks, WorkerPool pool)
    {
        var job = new Job(from, fromStride, to, toStride, length, blocks, adds: false);
        pool.Run(job.Parts, ref job);
    }

    /// <summary>Adds blocks to those of another array; no two may go to one place.</summary>
    public static void Add(
        float* from, long fromStride, float* to, long toStride, int length, int blocks, WorkerPool pool)
    {
        var job = new Job(from, fromStride, to, toStride, length, blocks, adds: true);
        pool.Run(job.Parts, ref job);
    }

    private readonly struct Job(
        float* from, long fromStride, float* to, long toStride, int length, int blocks, bool adds) : IParts
    {
        // Several short blocks make a part, a long block several.
        private readonly int blocksPerPart = Math.Max(1, ElementParts.Size / Math.Max(1, length));
        private readonly int partsPerBlock = Math.Max(1, ElementParts.Count(length));

        public int Parts => length == 0 ? 0 : (int)((((long)blocks + blocksPerPart - 1) / blocksPerPart) * partsPerBlock);

        public void Run(int part, int worker)
        {
            int first = part / partsPerBlock * blocksPerPart, last = Math.Min(blocks, first + blocksPerPart);
            var (start, end) = ElementParts.Range(part % partsPerBlock, length);
            for (long block = first; block < last; block++)
            {
                float* source = from + (block * fromStride) + start, target = to + (block * toStride) + start;
                if (adds)
                {
                    AddTo(source, target, end - start);
                }
                else
                {
                    new ReadOnlySpan<float>(source, end - start).CopyTo(new Span<float>(target, end - start));
                }
            }
        }

        private static void AddTo(float* source, float* target, int count)
        {
            int i = 0;
            for (; i <= count - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                (Vector512.Load(target + i) + Vector512.Load(source + i)).Store(target + i);
            }

            for (; i < count; i++)
            {
                target[i] += source[i];
            }
        }
    }
}
