namespace Cnn.Campaigns.References;

/// <summary>Checks that random draws follow their law. A law that holds is refused once in 10^8 checks.</summary>
internal static class Laws
{
    private const double Deviations = 6.5;

    /// <summary>Requires that flags are 1 with a probability, apart from chance.</summary>
    /// <exception cref="ReferenceMismatchException">They are not.</exception>
    public static void RequireShare(string what, IReadOnlyCollection<double> flags, double probability)
    {
        double mean = flags.Count * probability;
        RequireMean(what, flags.Sum(), mean, mean * (1 - probability));
    }

    /// <summary>Requires that a sum of independent draws, each of at most 1, is near its mean.</summary>
    /// <exception cref="ReferenceMismatchException">It is not.</exception>
    public static void RequireMean(string what, double sum, double mean, double variance)
    {
        // A few draws are not normal: their sum reaches some units further, as Bernstein's inequality says.
        double allowed = variance <= 0 ? 1e-6 : (Deviations * Math.Sqrt(variance)) + (Deviations * Deviations / 3);
        if (!(Math.Abs(sum - mean) <= allowed))
        {
            throw new ReferenceMismatchException(
                $"{what}: {sum:R}, where the law gives {mean:R}, at most {allowed:G3} more or less");
        }
    }
}
