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
    /// The names of curves of which less is better, besides those whose name contains "loss" or "error".
    /// </summary>
    public IReadOnlyList<string> LessIsBetter { get; init; } = [];

    /// <summary>Whether less is better for a curve.</summary>
    public bool IsLessBetter(string curve) =>
        curve.Contains("loss", StringComparison.OrdinalIgnoreCase)
        || curve.Contains("error", StringComparison.OrdinalIgnoreCase)
        || LessIsBetter.Contains(curve);
}
