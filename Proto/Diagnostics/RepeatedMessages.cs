namespace Cnn.Proto;

/// <summary>
/// Counts messages that a file gives cause for in many places, such as a field of a fork in each of its layers, so that
/// each is reported once.
/// </summary>
internal sealed class RepeatedMessages
{
    private readonly Dictionary<string, int> counts = new(StringComparer.Ordinal);

    /// <summary>Counts a message, and returns whether it is the first of its kind.</summary>
    public bool IsFirst(string message)
    {
        int count = counts.GetValueOrDefault(message);
        counts[message] = count + 1;
        return count == 0;
    }

    /// <summary>Returns the diagnostics, those that stand for several places with their number.</summary>
    public IReadOnlyList<Diagnostic> Counted(IReadOnlyList<Diagnostic> diagnostics) =>
        counts.Values.All(count => count == 1)
            ? diagnostics
            : [.. diagnostics.Select(d => counts.GetValueOrDefault(d.Message) is > 1 and var count
                ? d with { Message = $"{d.Message} ({count} times)" } : d)];
}
