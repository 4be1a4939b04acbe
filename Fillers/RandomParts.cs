namespace Cnn.Fillers;

/// <summary>
/// Draws large arrays in parts of a fixed size, each from a stream of its own, so that the numbers do not depend on the
/// number of threads. An array of a single part is drawn value by value from the given generator, which allocates
/// nothing: data layers refill theirs in every pass.
/// </summary>
internal static class RandomParts
{
    private const int PartSize = 1 << 20;

    // Values that are drawn from a distribution at once.
    private const int ChunkSize = 4096;

    // The first of a stream's parts that decide which values are kept; no array has as many parts of values.
    private const int FirstOfMask = 1 << 20;

    /// <summary>Fills an array.</summary>
    /// <param name="values">The array.</param>
    /// <param name="random">The generator, at the start of its stream.</param>
    /// <param name="sampler">The distribution.</param>
    /// <param name="runner">Runs the parts.</param>
    public static void Fill<T>(Span<float> values, PhiloxRandom random, T sampler, IPartRunner runner)
        where T : struct, ISampler
    {
        if (values.Length > PartSize)
        {
            FillParts(values, random, sampler, runner);
            return;
        }

        foreach (ref float value in values)
        {
            value = (float)sampler.One(random);
        }
    }

    /// <summary>
    /// Keeps each value of an array with a given probability and sets the others to 0. The array was filled by
    /// <see cref="Fill"/>; the numbers drawn here are independent of its values.
    /// </summary>
    /// <param name="values">The array.</param>
    /// <param name="random">The generator that drew the values, in the state in which it was left.</param>
    /// <param name="keepProbability">The probability of keeping a value.</param>
    /// <param name="runner">Runs the parts.</param>
    public static void Thin(Span<float> values, PhiloxRandom random, double keepProbability, IPartRunner runner)
    {
        if (values.Length > PartSize)
        {
            ThinParts(values, random, keepProbability, runner);
            return;
        }

        ThinPart(values, random, keepProbability);
    }

    // Separate from the above, so that arrays of one part need no closure.
    private static void FillParts<T>(Span<float> values, PhiloxRandom random, T sampler, IPartRunner runner)
        where T : struct, ISampler => Run(values, runner, (span, part) => FillPart(span, random.Part(part), sampler));

    // Drawing the values in parts has not advanced the generator, so the mask uses parts beyond theirs.
    private static void ThinParts(
        Span<float> values, PhiloxRandom random, double keepProbability, IPartRunner runner) =>
        Run(values, runner, (span, part) => ThinPart(span, random.Part(FirstOfMask + part), keepProbability));

    private static unsafe void Run(Span<float> values, IPartRunner runner, SpanAction fill)
    {
        int parts = (int)(((long)values.Length + PartSize - 1) / PartSize), length = values.Length;
        fixed (float* first = values)
        {
            float* start = first;
            runner.Run(parts, part =>
            {
                int from = part * PartSize;
                fill(new Span<float>(start + from, Math.Min(PartSize, length - from)), part);
            });
        }
    }

    private static void FillPart<T>(Span<float> values, PhiloxRandom random, T sampler)
        where T : struct, ISampler
    {
        var chunk = new double[Math.Min(ChunkSize, values.Length)];
        while (values.Length > 0)
        {
            // The last, shorter chunk is drawn at full length too.
            sampler.Many(random, chunk);
            int now = Math.Min(chunk.Length, values.Length);
            for (int i = 0; i < now; i++)
            {
                values[i] = (float)chunk[i];
            }

            values = values[now..];
        }
    }

    private static void ThinPart(Span<float> values, PhiloxRandom random, double keepProbability)
    {
        foreach (ref float value in values)
        {
            value = random.NextDouble() < keepProbability ? value : 0;
        }
    }

    private delegate void SpanAction(Span<float> values, int part);
}
