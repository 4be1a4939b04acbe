namespace Cnn.Fillers;

/// <summary>
/// Draws for large arrays on all cores: a part of a fixed size is drawn from a stream of its own, so the numbers do not
/// depend on how many cores there are. Arrays of one part are drawn one by one from the given generator, which allocates
/// nothing: data layers refill theirs in every pass.
/// </summary>
internal static class RandomParts
{
    private const int PartSize = 1 << 20;

    // Values that a distribution is asked for at once.
    private const int ChunkSize = 4096;

    /// <summary>Fills an array.</summary>
    /// <param name="values">The array.</param>
    /// <param name="random">The generator.</param>
    /// <param name="sampler">The distribution.</param>
    public static void Fill<T>(Span<float> values, PhiloxRandom random, T sampler)
        where T : struct, ISampler
    {
        if (values.Length > PartSize)
        {
            FillParts(values, random, sampler);
            return;
        }

        foreach (ref float value in values)
        {
            value = (float)sampler.One(random);
        }
    }

    private static unsafe void FillParts<T>(Span<float> values, PhiloxRandom random, T sampler)
        where T : struct, ISampler
    {

        int parts = (int)(((long)values.Length + PartSize - 1) / PartSize), length = values.Length;
        fixed (float* first = values)
        {
            float* start = first;
            Parallel.For(0, parts, part =>
            {
                int from = part * PartSize;
                FillPart(new Span<float>(start + from, Math.Min(PartSize, length - from)), random.Part(part), sampler);
            });
        }
    }

    private static void FillPart<T>(Span<float> values, PhiloxRandom random, T sampler)
        where T : struct, ISampler
    {
        var chunk = new double[Math.Min(ChunkSize, values.Length)];
        while (values.Length > 0)
        {
            // A last, shorter chunk is drawn as long as the others.
            sampler.Many(random, chunk);
            int now = Math.Min(chunk.Length, values.Length);
            for (int i = 0; i < now; i++)
            {
                values[i] = (float)chunk[i];
            }

            values = values[now..];
        }
    }
}
