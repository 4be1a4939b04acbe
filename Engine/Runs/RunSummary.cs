namespace Cnn.Engine.Runs;

/// <summary>A run in short: what a list of runs shows.</summary>
public sealed record RunSummary
{
    /// <summary>The path of its folder.</summary>
    public string Folder { get; init; } = "";

    /// <summary>The name to show: that of the folder.</summary>
    public string Name { get; init; } = "";

    /// <summary>What was known at the start.</summary>
    public RunInfo Info { get; init; } = new();

    /// <summary>Where the run stands.</summary>
    public RunState State { get; init; }

    /// <summary>The number of iterations done.</summary>
    public long Iteration { get; init; }

    /// <summary>The time that the run has taken so far, without pauses between stopping and resuming.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Why the run failed; empty if it did not.</summary>
    public string Failure { get; init; } = "";

    /// <summary>The path of the last snapshot's solver state; empty when there is none.</summary>
    public string LastSnapshot { get; init; } = "";

    /// <summary>The last and best values of the figures, in the order of their first values.</summary>
    public IReadOnlyList<RunScore> Scores { get; init; } = [];
}
