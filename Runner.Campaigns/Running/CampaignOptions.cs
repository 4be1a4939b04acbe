namespace Cnn.Campaigns.Running;

/// <summary>How long a campaign runs, and where it keeps how far it is.</summary>
internal sealed record CampaignOptions
{
    /// <summary>The seed of every case.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The time for all chosen parts together; null where the number of cases is the limit.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>The most cases of each part in this run; null for no limit.</summary>
    public long? Cases { get; init; }

    /// <summary>The parts to run; empty for all.</summary>
    public IReadOnlyList<string> Parts { get; init; } = [];

    /// <summary>The one case to run again, without any change to the state; null for a campaign.</summary>
    public long? OnlyCase { get; init; }

    /// <summary>The folder of states; null to keep none.</summary>
    public string? Folder { get; init; }
}
