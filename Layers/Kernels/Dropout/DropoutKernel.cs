using Cnn.Fillers;
using Cnn.Layers.Kernels.Threading;

namespace Cnn.Layers.Kernels.Dropout;

/// <summary>
/// Keeps each value with a probability and multiplies it by a scale, else 0 (Srivastava et al., "Dropout: a simple way to
/// prevent neural networks from overfitting", JMLR 2014; the inverted form). Value i is kept when word i of the stream
/// (key, pass) is below the threshold, so forward and backward draw the same mask without storing it.
/// </summary>
public static unsafe class DropoutKernel
{
    /// <summary><c>y = x * scale</c> where kept, else 0; x and y may be the same.</summary>
    /// <param name="x">The values.</param>
    /// <param name="y">The result.</param>
    /// <param name="count">How many.</param>
    /// <param name="threshold">Kept when the 32-bit word is below it: 2^32 times the probability.</param>
    /// <param name="scale">The factor on what is kept.</param>
    /// <param name="key">The stream's key.</param>
    /// <param name="pass">The forward pass.</param>
    /// <param name="pool">The threads to compute with.</param>
    public static void Apply(
        float* x, float* y, int count, ulong threshold, float scale, ulong key, ulong pass, WorkerPool pool)
    {
        var job = new Job(x, y, count, threshold, scale, key, pass);
        pool.Run(ElementParts.Count(count), ref job);
    }

    private readonly struct Job(
        float* x, float* y, int count, ulong threshold, float scale, ulong key, ulong pass) : IParts
    {
        public void Run(int part, int worker)
        {
            // Parts are multiples of 4, so a block of words never straddles two of them.
            var (start, end) = ElementParts.Range(part, count);
            for (int i = start; i < end; i += 4)
            {
                var (a, b, c, d) = PhiloxRandom.Block(key, (ulong)i / 4, pass);
                Put(i, a, end);
                Put(i + 1, b, end);
                Put(i + 2, c, end);
                Put(i + 3, d, end);
            }
        }

        private void Put(int i, uint word, int end)
        {
            if (i < end)
            {
                y[i] = word < threshold ? x[i] * scale : 0;
            }
        }
    }
}
