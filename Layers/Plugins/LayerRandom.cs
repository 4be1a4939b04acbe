using Cnn.Fillers;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Plugins;

/// <summary>
/// Random numbers of a layer for one purpose: a pure function of the solver's seed, the layer's name, the purpose and
/// the pass. So a resumed run draws the same numbers as one that never stopped, and the backward pass of a layer can
/// draw the numbers of its forward pass again. Two purposes share no numbers. Create one instance for each purpose, in
/// the layer's constructor.
/// </summary>
/// <param name="context">The context that the layer was created with.</param>
/// <param name="purpose">The purpose of the numbers, such as "mask"; it must be unique within the layer.</param>
public sealed unsafe class LayerRandom(LayerContext context, string purpose)
{
    // The prefix keeps the name apart from those of the library's own purposes.
    private readonly ulong key = context.Random.Key(context.Parameter.Name, "plug-in " + purpose);
    private readonly PhiloxRandom generator = new(0);

    /// <summary>
    /// Returns the generator at the first number of the current pass, for draws one after the other. It is the same
    /// object each time, for one thread at a time; do not both draw from it and fill a span for the same purpose.
    /// </summary>
    public PhiloxRandom AtPass()
    {
        generator.Restart(key, (ulong)context.Clock.Pass);
        return generator;
    }

    /// <summary>
    /// Fills a span with numbers of the current pass that are uniformly distributed from <paramref name="low"/> up to
    /// <paramref name="high"/>, on the threads of the net. The number at an index depends only on the index.
    /// </summary>
    public void FillUniform(Span<float> values, float low = 0, float high = 1) =>
        Fill(values, low, high - low, isNormal: false);

    /// <summary>Fills a span with normally distributed numbers of the current pass in the same way.</summary>
    public void FillNormal(Span<float> values, float mean = 0, float deviation = 1) =>
        Fill(values, mean, deviation, isNormal: true);

    private void Fill(Span<float> values, float offset, float scale, bool isNormal)
    {
        fixed (float* start = values)
        {
            var job = new Job(start, values.Length, key, (ulong)context.Clock.Pass, offset, scale, isNormal);
            context.Pool.Run(ElementParts.Count(values.Length), ref job);
        }
    }

    private readonly struct Job(
        float* values, int count, ulong key, ulong pass, float offset, float scale, bool isNormal) : IParallelJob
    {
        // A block of four words serves four values; parts begin with a block.
        public void Run(int part, int worker)
        {
            float* drawn = stackalloc float[4];
            var (i, end) = ElementParts.Range(part, count);
            for (; i < end; i += 4)
            {
                var (a, b, c, d) = PhiloxRandom.Block(key, (ulong)i / 4, pass);
                if (isNormal)
                {
                    (drawn[0], drawn[1]) = Normal(a, b);
                    (drawn[2], drawn[3]) = Normal(c, d);
                }
                else
                {
                    (drawn[0], drawn[1], drawn[2], drawn[3]) = (Unit(a), Unit(b), Unit(c), Unit(d));
                }

                for (int j = 0; j < Math.Min(4, end - i); j++)
                {
                    values[i + j] = offset + (scale * drawn[j]);
                }
            }
        }

        private static float Unit(uint word) => (word >> 8) * (1f / (1 << 24));

        // G. E. P. Box and M. E. Muller, "A note on the generation of random normal deviates", 1958.
        private static (float, float) Normal(uint a, uint b)
        {
            double radius = Math.Sqrt(-2 * Math.Log((a + 1.0) / 4294967296.0)), angle = b * (Math.Tau / 4294967296.0);
            return ((float)(radius * Math.Cos(angle)), (float)(radius * Math.Sin(angle)));
        }
    }
}
