using Cnn.Campaigns.Crash.Disks;
using Cnn.Campaigns.Crash.Tracing;
using Cnn.Campaigns.Processes;

namespace Cnn.Campaigns.Crash.Training;

/// <summary>A training that never stopped: all that it did to its folder, and what it left there.</summary>
internal sealed class RecordedTraining
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private RecordedTraining(TrainingSetup setup, string folder, DiskLog log, IReadOnlyList<(string, int)> calls)
    {
        (Setup, Folder, Log, Calls) = (setup, folder, log, calls);
        Disk = new SimulatedDisk(log);
        Final = Disk.Everything(log.Operations.Count);
        Every = EveryFile(log, Disk);
        FolderContent.Write(folder, Final);
        Figures = setup.HasRun ? RunChecks.Read(Path.Combine(folder, "run")) : [];
    }

    /// <summary>What was trained.</summary>
    public TrainingSetup Setup { get; }

    /// <summary>The folder in which it was; it is filled and emptied for each state that is tried.</summary>
    public string Folder { get; }

    /// <summary>What was done to the folder.</summary>
    public DiskLog Log { get; }

    /// <summary>Its disk.</summary>
    public SimulatedDisk Disk { get; }

    /// <summary>The calls on the folder: the name, and the number among the calls of the thread with that name.</summary>
    public IReadOnlyList<(string Call, int Number)> Calls { get; }

    /// <summary>What the folder holds at the end.</summary>
    public SortedDictionary<string, byte[]?> Final { get; }

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
    public static RecordedTraining Make(TrainingSetup setup, string folder, string prefix, string trace)
    {
        FolderContent.Write(folder, []);
        setup.Write(folder, prefix);
        var recorder = new DiskRecorder(folder);
        bool isNew = !File.Exists(trace);
        if (isNew)
        {
            ProcessResult run = CnnRun.Finish(folder, Limit, setup.Arguments(folder), Strace.Record(trace + ".new"));
            if (run.ExitCode != 0)
            {
                throw new InvalidDataException($"the training of '{setup.Name}' failed: {run.Error}");
            }
        }

        var counts = new Dictionary<(int, string), int>();
        var calls = new List<(string, int)>();
        foreach (SystemCall call in TraceReader.Read(File.ReadLines(isNew ? trace + ".new" : trace)))
        {
            int number = counts[(call.Thread, call.Name)] = counts.GetValueOrDefault((call.Thread, call.Name)) + 1;
            if (recorder.Take(call))
            {
                calls.Add((call.Name, number));
            }
        }

        DiskLog log = recorder.Finish();
        if (isNew)
        {
            RequireWhole(FolderContent.Read(folder), new SimulatedDisk(log).Everything(log.Operations.Count), setup);
            File.Move(trace + ".new", trace);
        }

        return new RecordedTraining(setup, folder, log, calls);
    }

    /// <summary>Returns the files of snapshots that must be on the disk after the first operations of the log.</summary>
    public IEnumerable<string> Promised(int operations)
    {
        // The next snapshot begins, or the process ends, only after the last one was told to be written.
        int? begun = operations == Log.Operations.Count
            ? int.MaxValue
            : Log.Operations.Take(operations)
                .Where(o => o.Kind == DiskOperationKind.Link)
                .Max(o => SnapshotChecks.IterationOfPart(o.Name));
        int? newest = Every.Keys.Select(SnapshotChecks.IterationOf).Where(i => i < begun).Max();
        return Every.Keys.Where(f => SnapshotChecks.IterationOf(f) is { } iteration
            && iteration <= newest
            && (iteration == newest || !Setup.Solver.Contains("snapshot_keep", StringComparison.Ordinal)));
    }

    private static Dictionary<string, byte[]> EveryFile(DiskLog log, SimulatedDisk disk)
    {
        var every = new Dictionary<string, byte[]>();
        for (int i = 1; i <= log.Operations.Count; i++)
        {
            DiskOperation last = log.Operations[i - 1];
            if (last.Kind == DiskOperationKind.Rename && SnapshotChecks.IterationOf(last.Name) is not null)
            {
                foreach (var (path, bytes) in disk.Everything(i))
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

    private static void RequireWhole(
        SortedDictionary<string, byte[]?> real, SortedDictionary<string, byte[]?> simulated, TrainingSetup setup)
    {
        string? wrong = real.Keys.Union(simulated.Keys).FirstOrDefault(
            p => !real.TryGetValue(p, out byte[]? there) || !simulated.TryGetValue(p, out byte[]? told)
                || !FolderContent.AreSame(there, told));
        if (wrong is not null)
        {
            throw new InvalidDataException($"the log of '{setup.Name}' does not tell what {wrong} holds");
        }
    }
}
