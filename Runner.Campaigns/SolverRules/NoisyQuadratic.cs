using Cnn.Fillers;

namespace Cnn.Campaigns.SolverRules;

/// <summary>The objective of a case: <c>sum a (w - c)^2 / 2 + n w</c> with noise n that is new in each pass.</summary>
internal sealed class NoisyQuadratic
{
    private static readonly int[] Choices = [1, 3, 16, 33, 100];

    private readonly ulong key;
    private readonly float noise;
    private readonly float[][] curvatures;
    private readonly float[][] centers;

    /// <param name="random">Draws it.</param>
    public NoisyQuadratic(PhiloxRandom random)
    {
        key = random.NextUInt64();
        noise = random.NextSingle();
        Sizes = [.. Enumerable.Range(0, 1 + random.Next(4)).Select(_ => Choices[random.Next(Choices.Length)])];
        curvatures = [.. Sizes.Select(s => Draw(random, s, 0.2f, 1))];
        centers = [.. Sizes.Select(s => Draw(random, s, -1, 1))];
    }

    /// <summary>The number of weights of each parameter.</summary>
    public int[] Sizes { get; }

    /// <summary>Computes a parameter's gradient in a pass.</summary>
    /// <returns>The parameter's share of the objective.</returns>
    public double Gradient(int parameter, long pass, ReadOnlySpan<float> weights, Span<float> gradient)
    {
        var random = new PhiloxRandom(key + (ulong)parameter, (ulong)pass);
        double sum = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            double n = noise * ((2.0 * random.NextSingle()) - 1), d = (double)weights[i] - centers[parameter][i];
            sum += (curvatures[parameter][i] * d * d / 2) + (n * weights[i]);
            gradient[i] = (float)((curvatures[parameter][i] * d) + n);
        }

        return sum;
    }

    private static float[] Draw(PhiloxRandom random, int count, float low, float high) =>
        [.. Enumerable.Range(0, count).Select(_ => low + ((high - low) * random.NextSingle()))];
}
