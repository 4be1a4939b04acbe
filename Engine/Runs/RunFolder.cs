using Cnn.Proto;

namespace Cnn.Engine.Runs;

/// <summary>Reads the folders of runs.</summary>
public static class RunFolder
{
    private const int MostLevels = 5;

    /// <summary>Reads a run, also one that goes on or was killed.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="warn">Takes a warning for each file that is damaged and was left out, wholly or in part.</param>
    /// <param name="clock">
    /// Without a clock, a run of another machine that has not ended counts as running, however long it has been silent.
    /// </param>
    /// <exception cref="CnnException">It is no folder of a run, or cannot be read.</exception>
    public static RunRecord Read(string folder, Action<Diagnostic>? warn = null, TimeProvider? clock = null)
    {
        RequireFolder(folder);
        return IsRun(folder) ? RunLoader.Load(folder, warn, clock) : throw new CnnException(
            $"'{folder}' is no folder of a run: it has no {RunFiles.Summary}", "give one that cnn train --run wrote");
    }

    /// <summary>
    /// Lists the runs of a folder: itself, and those in its subfolders some levels down. The earliest comes first.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="warn">Takes a warning for each run that cannot be read.</param>
    /// <param name="clock">As for <see cref="Read"/>.</param>
    /// <exception cref="CnnException">The folder cannot be read.</exception>
    public static IReadOnlyList<RunSummary> List(
        string folder, Action<Diagnostic>? warn = null, TimeProvider? clock = null)
    {
        RequireFolder(folder);
        var runs = new List<RunSummary>();
        foreach (string run in Find(folder, MostLevels))
        {
            try
            {
                runs.Add(Summarize(run, warn, clock));
            }
            catch (CnnException exception)
            {
                warn?.Invoke(exception.Diagnostics[0]);
            }
        }

        return [.. runs.OrderBy(r => r.Info.Started).ThenBy(r => r.Folder, StringComparer.Ordinal)];
    }

    /// <summary>Whether a folder has a run.</summary>
    internal static bool IsRun(string folder) => File.Exists(Path.Combine(folder, RunFiles.Summary));

    private static void RequireFolder(string folder)
    {
        PathText.Require(folder);
        if (!Directory.Exists(folder))
        {
            throw File.Exists(folder)
                ? new CnnException($"'{folder}' is a file, not a folder")
                : new CnnException($"the folder '{folder}' does not exist", "check the path");
        }
    }

    private static IEnumerable<string> Find(string folder, int levels)
    {
        if (IsRun(folder))
        {
            return [folder];
        }

        if (levels == 0)
        {
            return [];
        }

        // Links could lead in circles.
        var listed = new EnumerationOptions
        {
            IgnoreInaccessible = true,
            AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Hidden,
        };
        return Directory.EnumerateDirectories(folder, "*", listed)
            .Order(StringComparer.Ordinal)
            .SelectMany(f => Find(f, levels - 1));
    }

    // The document of a run that has not ended is some seconds behind the figures.
    private static RunSummary Summarize(string folder, Action<Diagnostic>? warn, TimeProvider? clock)
    {
        RunDocument document = RunDocument.Read(folder);
        bool hasEnded = document.State != RunState.Running;
        RunRecord record = hasEnded
            ? RunLoader.Begin(folder, document)
            : RunLoader.LoadFigures(folder, document, warn, clock);
        return new RunSummary
        {
            Folder = folder,
            Name = record.Name,
            Info = record.Info,
            State = record.State,
            Iteration = record.Iteration,
            Duration = record.Duration,
            Failure = record.Failure,
            LastSnapshot = record.LastSnapshot,
            Scores = hasEnded ? document.Scores : RunScore.Of(record.Curves, record.Info),
        };
    }
}
