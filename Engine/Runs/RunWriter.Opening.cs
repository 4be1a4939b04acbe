using Cnn.Proto;

namespace Cnn.Engine.Runs;

// How the folder of a run is made, or gone on with.
public sealed partial class RunWriter
{
    /// <summary>Creates the folder of a run, or goes on with one.</summary>
    /// <param name="folder">The folder; it must be new, empty or that of a run.</param>
    /// <param name="info">What is known of the run.</param>
    /// <param name="resumesAt">
    /// The iteration that a resumed run goes on from: figures of the folder from there on no longer count. Null for a
    /// new run, which a folder that has a run already refuses.
    /// </param>
    /// <param name="clock">
    /// The clock of the times that are written. Without one, <see cref="RunInfo.Started"/> counts as the time of this
    /// call; where that is not given either, the file system tells it.
    /// </param>
    /// <exception cref="CnnException">The folder cannot be written or holds something else.</exception>
    public static RunWriter Open(string folder, RunInfo info, long? resumesAt = null, TimeProvider? clock = null) =>
        Open(folder, info, resumesAt, clock, RunStorage.Append);

    /// <summary>Does the same with files of another kind.</summary>
    internal static RunWriter Open(
        string folder, RunInfo info, long? resumesAt, TimeProvider? clock, Func<string, Stream> append)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(info);
        ArgumentOutOfRangeException.ThrowIfNegative(resumesAt ?? 0, nameof(resumesAt));
        PathText.Require(folder);
        try
        {
            bool hasRun = Check(folder, info, resumesAt);
            OutputFolder.Create(folder);
            RunRecord record = hasRun
                ? RunLoader.LoadUntil(folder, resumesAt!.Value)
                : new RunRecord { Name = RunFiles.NameOf(folder), Iteration = resumesAt ?? 0 };
            bool isTold = info.Started != default;
            var time = new RunClock(clock, isTold || clock is not null ? info.Started : TimeOf(folder));
            record.Info = info with
            {
                Started = hasRun ? record.Info.Started : isTold ? info.Started : time.Now,
            };
            (record.State, record.Failure) = (RunState.Running, "");
            JsonDocuments.Write(
                Path.Combine(folder, RunFiles.Summary),
                RunDocument.Of(record, RunProcess.Current(), time.Now),
                JsonDocuments.Indented.RunDocument);
            return new RunWriter(
                folder, record, time, new RunStorage(folder, info, resumesAt ?? 0, time, append));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.From(folder, "write", exception)!;
        }
    }

    // Whether the folder has a run; throws for one that cannot be used.
    private static bool Check(string folder, RunInfo info, long? resumesAt)
    {
        if (File.Exists(folder))
        {
            throw new CnnException($"the run cannot be written to '{folder}': it is a file", "name a folder");
        }

        if (!Directory.Exists(folder))
        {
            return false;
        }

        if (!File.Exists(Path.Combine(folder, RunFiles.Summary)))
        {
            RequireEmpty(folder);
            return false;
        }

        RunDocument document = RunDocument.Read(folder);
        if (resumesAt is null)
        {
            throw new CnnException(
                $"the folder '{folder}' has a run already, {StateText(document)}",
                "name another folder, or go on with that run by --resume");
        }

        if (document.State == RunState.Running && document.Process.IsAlive() == true)
        {
            throw new CnnException(
                $"the run in '{folder}' is going on in process {document.Process.Id}", "stop that one first");
        }

        return document.Net == info.Net
            ? true
            : throw new CnnException(
                $"the folder '{folder}' has a run of the net '{document.Net}', not of '{info.Net}'",
                "name another folder");
    }

    private static string StateText(RunDocument document)
    {
        string state = document.State == RunState.Running
            ? "not completed"
            : document.State.ToString().ToLowerInvariant();
        return $"which is {state} at iteration {document.Iteration}";
    }

    // Logs may be there already.
    private static void RequireEmpty(string folder)
    {
        string? other = Directory.EnumerateFileSystemEntries(folder)
            .Where(f => !IsLog(f) && !(Directory.Exists(f) && Directory.EnumerateFileSystemEntries(f).All(IsLog)))
            .Select(f => Path.GetFileName(f))
            .FirstOrDefault(f => f[0] != '.');
        if (other is not null)
        {
            throw new CnnException(
                $"the folder '{folder}' holds other things than a run, such as '{other}'",
                "name a folder that is new or empty");
        }
    }

    private static bool IsLog(string path) => path.EndsWith(".log", StringComparison.Ordinal) && File.Exists(path);

    // The engine has no clock of its own.
    private static DateTimeOffset TimeOf(string folder)
    {
        using FileStream probe = TemporaryFile.Beside(Path.Combine(folder, RunFiles.Summary), isPrivate: true);
        DateTimeOffset time = File.GetLastWriteTimeUtc(probe.Name);
        File.Delete(probe.Name);
        return time;
    }
}
