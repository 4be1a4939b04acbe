namespace Cnn.Campaigns.References;

/// <summary>Comparisons of computed values, which end a case where single precision may decide otherwise.</summary>
internal static class Rounding
{
    // Some units in the last place of a single: what a few operations may add up to, among them differences of places
    // that have been computed themselves.
    private const double Undecided = 4e-6;

    /// <summary>Returns whether a value is above another.</summary>
    /// <exception cref="UndecidedException">The two are too near each other.</exception>
    public static bool IsAbove(double value, double other) =>
        Math.Abs(value - other) > Undecided * Math.Max(Math.Abs(value), Math.Abs(other))
            ? value > other
            : throw new UndecidedException($"{value:R} and {other:R}");

    /// <summary>Returns whether a value is another or above it, where equal values are equal in single too.</summary>
    /// <exception cref="UndecidedException">The two are near each other, but not equal.</exception>
    public static bool IsAtLeast(double value, double other) => value == other || IsAbove(value, other);

    /// <summary>Returns the whole part of a place on an axis of cells, at the edge where it lies outside.</summary>
    /// <exception cref="UndecidedException">The place is too near the border of a cell.</exception>
    public static int Cell(double place, int cells)
    {
        double border = Math.Round(place);
        return Math.Clamp((int)(IsAtLeast(place, border) ? border : border - 1), 0, cells - 1);
    }

    /// <summary>
    /// Returns the value with the largest key, the first of those whose keys are equal; null where there is none.
    /// </summary>
    /// <exception cref="UndecidedException">Another key is near the largest, but not equal.</exception>
    public static T? Largest<T>(IEnumerable<T> values, Func<T, double> key)
        where T : class
    {
        T? largest = null;
        foreach (T value in values)
        {
            largest = largest is null || !IsAtLeast(key(largest), key(value)) ? value : largest;
        }

        return largest;
    }

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
