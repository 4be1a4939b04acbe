namespace Cnn.Proto.Forks;

/// <summary>Counts the fields of a file that are ignored, for one warning about all of them.</summary>
internal sealed class IgnoredHints
{
    private readonly Dictionary<string, int> counts = new(StringComparer.Ordinal);
    private SourceLocation? first;

    /// <summary>Counts a field.</summary>
    public void Add(string field, SourceLocation at)
    {
        first ??= at;
        counts[field] = counts.GetValueOrDefault(field) + 1;
    }

    /// <summary>
    /// One warning, located at the first field, with the most frequent names first; none when nothing was ignored.
    /// </summary>
    public IReadOnlyList<Diagnostic> Warnings => first is null ? [] : [Warning(first)];

    private Diagnostic Warning(SourceLocation at)
    {
        int all = counts.Values.Sum();
        var names = counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal);
        return new Diagnostic(
            $"{(all == 1 ? "1 field that only steers" : $"{all} fields that only steer")} other programs "
            + $"{(all == 1 ? "is" : "are")} ignored: {string.Join(", ", names.Select(c => $"{c.Key} ({c.Value})"))}",
            at,
            counts.ContainsKey("quantization_param") ? "all layers compute in single precision" : null);
    }
}
