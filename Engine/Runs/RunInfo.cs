namespace Cnn.Engine.Runs;

/// <summary>What is known of a run when it starts.</summary>
public sealed record RunInfo
{
    /// <summary>The net's name.</summary>
    public string Net { get; init; } = "";

    /// <summary>The command line, or what else started it.</summary>
    public string Command { get; init; } = "";

    /// <summary>The version of the program.</summary>
    public string Version { get; init; } = "";

    /// <summary>The seed of everything random; null when there is none.</summary>
    public long? Seed { get; init; }

    /// <summary>The machine: name, processor, threads, system.</summary>
    public string Machine { get; init; } = "";

    /// <summary>The number of iterations to do; 0 when unknown.</summary>
    public long MaxIterations { get; init; }

    /// <summary>When it started.</summary>
    public DateTimeOffset Started { get; init; }

    /// <summary>The settings, in the order of the solver file.</summary>
    public IReadOnlyList<RunSetting> Settings { get; init; } = [];

    /// <summary>
    /// The names of curves of which less is better, besides those with "loss" or "error" after the last slash of their
    /// name.
    /// </summary>
    public IReadOnlyList<string> LessIsBetter { get; init; } = [];

    /// <summary>Whether less is better for a curve.</summary>
    public bool IsLessBetter(string curve)
    {
        // GoogLeNet's loss1/top-1 is a score.
        string name = curve[(curve.LastIndexOf('/') + 1)..];
        return name.Contains("loss", StringComparison.OrdinalIgnoreCase)
            || name.Contains("error", StringComparison.OrdinalIgnoreCase)
            || LessIsBetter.Contains(curve);
    }
}
