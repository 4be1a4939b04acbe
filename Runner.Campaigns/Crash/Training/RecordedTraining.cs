using Cnn.Campaigns.Crash.Disks;
using Cnn.Campaigns.Processes;

namespace Cnn.Campaigns.Crash.Training;

/// <summary>A training that never stopped: all that it did to its folder, and what it left there.</summary>
internal sealed class RecordedTraining
{
    private RecordedTraining(TrainingSetup setup, Recording recording)
    {
        (Setup, Recording) = (setup, recording);
        Every = EveryFile(recording);
        FolderContent.Write(recording.Folder, recording.Final);
        Figures = setup.HasRun ? RunChecks.Read(Path.Combine(recording.Folder, "run")) : [];
    }

    /// <summary>What was trained.</summary>
    public TrainingSetup Setup { get; }

    /// <summary>What it did to its folder.</summary>
    public Recording Recording { get; }

    /// <summary>Each snapshot's file that was ever there.</summary>
    public IReadOnlyDictionary<string, byte[]> Every { get; }

    /// <summary>The figures of the run, if it has a folder.</summary>
    public IReadOnlyList<string> Figures { get; }

    /// <summary>Trains in a folder under strace, or reads what strace wrote in an earlier campaign.</summary>
    /// <param name="setup">What to train.</param>
    /// <param name="folder">The folder, whose content is lost.</param>
    /// <param name="prefix">What snapshots are named after, as the solver file says it.</param>
    /// <param name="trace">The file that strace writes.</param>
    /// <exception cref="InvalidDataException">The training failed, or the log does not tell what it did.</exception>
    public static RecordedTraining Make(TrainingSetup setup, string folder, string prefix, string trace) => new(
        setup,
        Recording.Make(
            folder,
            at => setup.Write(at, prefix),
            (at, limit, before) => CnnRun.Finish(at, limit, setup.Arguments(at), before),
            trace));

    /// <summary>Returns the snapshots' files that must be on the disk after the first operations of the log.</summary>
    public IEnumerable<string> Promised(int operations)
    {
        // The next snapshot begins, or the process ends, only after the last one was told to be written.
        int? begun = operations == Recording.Log.Operations.Count
            ? int.MaxValue
            : Recording.Log.Operations.Take(operations)
                .Where(o => o.Kind == DiskOperationKind.Link)
                .Max(o => SnapshotChecks.IterationOfPart(o.Name));
        int? newest = Every.Keys.Select(SnapshotChecks.IterationOf).Where(i => i < begun).Max();

        // snapshot_keep deletes an older one when the next has been written.
        IEnumerable<DiskOperation> done = Recording.Log.Operations.Take(operations);
        if (newest is not null
            && done.Any(o => o.Kind == DiskOperationKind.Unlink && SnapshotChecks.IterationOf(o.Name) == newest))
        {
            newest = begun;
        }

        return Every.Keys.Where(f => SnapshotChecks.IterationOf(f) is { } iteration
            && iteration <= newest
            && (iteration == newest || !Setup.Solver.Contains("snapshot_keep", StringComparison.Ordinal)));
    }

    private static Dictionary<string, byte[]> EveryFile(Recording recording)
    {
        var every = new Dictionary<string, byte[]>();
        for (int i = 1; i <= recording.Log.Operations.Count; i++)
        {
            DiskOperation last = recording.Log.Operations[i - 1];
            if (last.Kind == DiskOperationKind.Rename && SnapshotChecks.IterationOf(last.Name) is not null)
            {
                foreach (var (path, bytes) in recording.Disk.Everything(i))
                {
                    if (Path.GetFileName(path) == last.Name)
                    {
                        every[path] = bytes!;
                    }
                }
            }
        }

        return every;
    }
}
