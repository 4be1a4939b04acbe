using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Fillers;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Dropout;

/// <summary>
/// Keeps each value with a given probability, multiplied by a scale, and sets the others to 0 (Srivastava et al.,
/// "Dropout: a simple way to prevent neural networks from overfitting", JMLR 2014; the inverted form). Value i is kept
/// when its word of the stream (key, pass) is below the threshold, so forward and backward draw the same mask without
/// storing it. Sixteen blocks of four words serve 64 values: the first words serve the first sixteen, and so on, as
/// they lie in vectors.
/// </summary>
internal static unsafe class DropoutKernel
{
    /// <summary>Computes <c>y = x * scale</c> where kept, else 0; x and y may be the same.</summary>
    /// <param name="x">The values.</param>
    /// <param name="y">The result.</param>
    /// <param name="count">Number of values.</param>
    /// <param name="threshold">
    /// 2^32 times the probability: a value is kept if its 32-bit word is below the threshold.
    /// </param>
    /// <param name="scale">The factor of the kept values.</param>
    /// <param name="key">The stream's key.</param>
    /// <param name="pass">The forward pass.</param>
    /// <param name="pool">The threads to compute with.</param>
    public static void Apply(
        float* x, float* y, int count, ulong threshold, float scale, ulong key, ulong pass, WorkerPool pool)
    {
        KernelGuard.Array(x, count);
        KernelGuard.Array(y, count);
        KernelGuard.SameOrApart(x, y, count);
        var job = new Job(x, y, count, threshold, scale, key, pass);
        pool.Run(ElementParts.Count(count), ref job);
    }

    private readonly struct Job(
        float* x, float* y, int count, ulong threshold, float scale, ulong key, ulong pass) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            // Parts are multiples of 64, so the blocks of a group serve one part.
            var (start, end) = ElementParts.Range(part, count);
            int i = start;
            for (; i <= end - 64; i += 64)
            {
                var (a, b, c, d) = PhiloxLanes.Blocks(key, (ulong)i / 4, pass);
                Put(i, a, Lanes.Width);
                Put(i + 16, b, Lanes.Width);
                Put(i + 32, c, Lanes.Width);
                Put(i + 48, d, Lanes.Width);
            }

            if (i < end)
            {
                PutTail(i, end - i);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Put(int i, Vector512<uint> words, int left)
        {
            if (left <= 0)
            {
                return;
            }

            // All words are below a threshold of 2^32, which does not fit into a word itself.
            Vector512<float> kept = threshold > uint.MaxValue
                ? Vector512<float>.AllBitsSet
                : Vector512.LessThan(words, Vector512.Create((uint)threshold)).AsSingle();
            Lanes.Store(Lanes.Load(x + i, left) * scale & kept, y + i, left);
        }

        private void PutTail(int i, int length)
        {
            var (a, b, c, d) = PhiloxLanes.Blocks(key, (ulong)i / 4, pass);
            Put(i, a, length);
            Put(i + 16, b, length - 16);
            Put(i + 32, c, length - 32);
            Put(i + 48, d, length - 48);
        }
    }
}
