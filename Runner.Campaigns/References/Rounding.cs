namespace Cnn.Campaigns.References;

/// <summary>Comparisons of computed values, which end a case where single precision may decide otherwise.</summary>
internal static class Rounding
{
    // Some units in the last place of a single: what a few operations may add up to.
    private const double Undecided = 1e-6;

    /// <summary>Returns whether a value is above another.</summary>
    /// <exception cref="UndecidedException">The two are too near each other.</exception>
    public static bool IsAbove(double value, double other) =>
        Math.Abs(value - other) > Undecided * Math.Max(Math.Abs(value), Math.Abs(other))
            ? value > other
            : throw new UndecidedException($"{value:R} and {other:R}");

    /// <summary>Returns the values in descending order of their keys.</summary>
    /// <exception cref="UndecidedException">Two keys are too near each other.</exception>
    public static IReadOnlyList<T> Descending<T>(IEnumerable<T> values, Func<T, double> key)
    {
        T[] sorted = [.. values.OrderByDescending(key)];
        for (int i = 1; i < sorted.Length; i++)
        {
            IsAbove(key(sorted[i - 1]), key(sorted[i]));
        }

        return sorted;
    }
}
