namespace Cnn.Proto;

/// <summary>The valid name nearest to a misspelt one.</summary>
public static class Suggestion
{
    /// <summary>
    /// The candidate within an edit distance of a third of the name (at least 2, 1 for short ones; ignoring case), as a hint
    /// "did you mean 'x'?"; null when none is near.
    /// </summary>
    public static string? For(string name, IEnumerable<string> candidates) =>
        Nearest(name, candidates) is { } nearest ? $"did you mean '{nearest}'?" : null;

    /// <summary>The candidate itself; see <see cref="For"/>.</summary>
    public static string? Nearest(string name, IEnumerable<string> candidates)
    {
        if (name.Length > 100)
        {
            return null;
        }

        string? best = null;
        int bestDistance = (name.Length < 4 ? 1 : Math.Max(2, name.Length / 3)) + 1;
        foreach (string candidate in candidates)
        {
            if (Math.Abs(candidate.Length - name.Length) < bestDistance
                && Distance(name.ToLowerInvariant(), candidate.ToLowerInvariant()) is var d && d < bestDistance)
            {
                (best, bestDistance) = (candidate, d);
            }
        }

        return best;
    }

    // Levenshtein's distance by rows, with a transposition counted as two edits.
    private static int Distance(string a, string b)
    {
        int[] row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int cost = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                (diagonal, row[j]) = (row[j], cost);
            }
        }

        return row[b.Length];
    }
}
