namespace Cnn.Engine.Runs;

/// <summary>The names of the files in the folder of a run.</summary>
internal static class RunFiles
{
    /// <summary>What is known of the run in short; a folder that has it is that of a run.</summary>
    public const string Summary = "run.json";

    /// <summary>The figures, a line each.</summary>
    public const string Metrics = "metrics.jsonl";

    /// <summary>The time of each layer.</summary>
    public const string LayerTimes = "layer-times.json";

    /// <summary>How the last test classified its images.</summary>
    public const string Classes = "classes.json";

    /// <summary>The folder of the images that <see cref="Classes"/> names.</summary>
    public const string Mistakes = "mistakes";

    /// <summary>The drawing of the training net.</summary>
    public const string Drawing = "net.svg";

    /// <summary>The log, which the program writes.</summary>
    public const string Log = "run.log";

    /// <summary>The page, which the program writes.</summary>
    public const string Page = "run.html";

    /// <summary>How the names of the event files begin.</summary>
    public const string Events = "events.out.tfevents.";

    private const int LongestName = 200;

    private static readonly string[] Own = [Summary, Metrics, LayerTimes, Classes, Mistakes, Drawing, Log, Page];

    /// <summary>Whether a definition may have a name: one that all systems take and no file of a run has.</summary>
    public static bool IsFree(string name) =>
        name.Length is > 0 and <= LongestName
        && name[0] != '.'
        && name[^1] is not ('.' or ' ')
        && !name.Any(c => char.IsControl(c) || "/\\:*?\"<>|".Contains(c))
        && !Own.Contains(name, StringComparer.OrdinalIgnoreCase)
        && !name.StartsWith(Events, StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns the name of a run: that of its folder.</summary>
    public static string NameOf(string folder) =>
        Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));

    /// <summary>Returns the event files of a folder, the oldest first.</summary>
    public static string[] EventFilesIn(string folder) =>
        [.. Directory.EnumerateFiles(folder, Events + "*").Order(StringComparer.Ordinal)];
}
