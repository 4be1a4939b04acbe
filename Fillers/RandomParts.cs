namespace Cnn.Fillers;

/// <summary>
/// Draws for large arrays on all cores: a part of a fixed size is drawn from a stream of its own, so the numbers do not
/// depend on how many cores there are. Arrays of one part are drawn from the given generator as it stands.
/// </summary>
internal static class RandomParts
{
    private const int PartSize = 1 << 20;

    // Values that a distribution is asked for at once.
    private const int ChunkSize = 4096;

    /// <summary>Fills an array.</summary>
    /// <param name="values">The array.</param>
    /// <param name="random">The generator.</param>
    /// <param name="draw">Fills a chunk of doubles with samples from a generator.</param>
    public static unsafe void Fill(Span<float> values, PhiloxRandom random, Action<PhiloxRandom, double[]> draw)
    {
        if (values.Length <= PartSize)
        {
            FillPart(values, random, draw);
            return;
        }

        int parts = (int)(((long)values.Length + PartSize - 1) / PartSize), length = values.Length;
        fixed (float* first = values)
        {
            float* start = first;
            Parallel.For(0, parts, part =>
            {
                int from = part * PartSize;
                FillPart(new Span<float>(start + from, Math.Min(PartSize, length - from)), random.Part(part), draw);
            });
        }
    }

    private static void FillPart(Span<float> values, PhiloxRandom random, Action<PhiloxRandom, double[]> draw)
    {
        var chunk = new double[Math.Min(ChunkSize, values.Length)];
        while (values.Length > 0)
        {
            // A last, shorter chunk is drawn as long as the others.
            draw(random, chunk);
            int now = Math.Min(chunk.Length, values.Length);
            for (int i = 0; i < now; i++)
            {
                values[i] = (float)chunk[i];
            }

            values = values[now..];
        }
    }
}
