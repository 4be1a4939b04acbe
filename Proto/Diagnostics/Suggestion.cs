namespace Cnn.Proto;

/// <summary>Finds the valid name nearest to a misspelt one.</summary>
public static class Suggestion
{
    private const int LongestName = 100;

    /// <summary>
    /// Returns the nearest candidate as a hint, "did you mean 'x'?"; null when none is near. A name is near when it
    /// differs by a few typing errors, ignoring case: one in names of three characters or more, and one for every four
    /// characters of longer names. In names that end in the same word, as in <c>relu_param</c> or <c>net.prototxt</c>,
    /// only the rest counts.
    /// </summary>
    public static string? For(string name, IEnumerable<string> candidates) =>
        Nearest(name, candidates) is { } nearest ? $"did you mean '{nearest}'?" : null;

    /// <summary>Returns the nearest candidate itself, the first of equally near ones; see <see cref="For"/>.</summary>
    public static string? Nearest(string name, IEnumerable<string> candidates)
    {
        if (name.Length > LongestName)
        {
            return null;
        }

        string? best = null;
        int bestDistance = int.MaxValue;
        string written = name.ToLowerInvariant();
        foreach (string candidate in candidates)
        {
            if (candidate.Length <= LongestName
                && Distance(written, candidate.ToLowerInvariant()) is { } distance && distance < bestDistance)
            {
                (best, bestDistance) = (candidate, distance);
            }
        }

        return best;
    }

    // Returns null when the names are not near.
    private static int? Distance(string a, string b)
    {
        int ending = CommonSuffixLength(a, b);
        a = a[..^ending];
        b = b[..^ending];
        int longer = Math.Max(a.Length, b.Length);
        int limit = longer < 3 ? 0 : Math.Max(1, longer / 4);
        return Math.Abs(a.Length - b.Length) <= limit && Edits(a, b) is var edits && edits <= limit ? edits : null;
    }

    private static int CommonSuffixLength(string a, string b)
    {
        int start = a.LastIndexOfAny(['_', '.']);
        return start > 0 && b.EndsWith(a[start..], StringComparison.Ordinal) ? a.Length - start : 0;
    }

    // Optimal string alignment: insertions, deletions, replacements and swaps of neighbours count one each.
    private static int Edits(string a, string b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                table[i, j] = i == 0 || j == 0 ? i + j : Least(i, j);
            }
        }

        return table[a.Length, b.Length];

        int Least(int i, int j)
        {
            bool isSame = a[i - 1] == b[j - 1];
            int replaced = table[i - 1, j - 1] + (isSame ? 0 : 1);
            int least = Math.Min(replaced, Math.Min(table[i - 1, j], table[i, j - 1]) + 1);
            bool isSwap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            return isSwap ? Math.Min(least, table[i - 2, j - 2] + 1) : least;
        }
    }
}
