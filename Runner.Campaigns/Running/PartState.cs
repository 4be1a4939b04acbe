namespace Cnn.Campaigns.Running;

/// <summary>How far one part of a campaign is: what a later run with the same seed goes on from.</summary>
internal sealed class PartState
{
    /// <summary>The number of the next case.</summary>
    public long Next { get; set; }

    /// <summary>The time spent in all runs together.</summary>
    public double Seconds { get; set; }

    /// <summary>What was counted, by name, such as <c>"crash points"</c>.</summary>
    public SortedDictionary<string, long> Counts { get; init; } = new(StringComparer.Ordinal);

    /// <summary>The findings of all runs.</summary>
    public List<Finding> Findings { get; init; } = [];
}
