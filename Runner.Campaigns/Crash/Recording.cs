using Cnn.Campaigns.Crash.Disks;
using Cnn.Campaigns.Crash.Tracing;
using Cnn.Campaigns.Processes;

namespace Cnn.Campaigns.Crash;

/// <summary>A command that ran to its end: all that it did to its folder, and what it left there.</summary>
internal sealed class Recording
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private Recording(string folder, DiskLog log, IReadOnlyList<(string, int)> calls)
    {
        (Folder, Log, Calls) = (folder, log, calls);
        Disk = new SimulatedDisk(log);
        Final = Disk.Everything(log.Operations.Count);
    }

    /// <summary>The folder in which it ran; it is emptied and filled for each state that is tried.</summary>
    public string Folder { get; }

    /// <summary>What was done to the folder.</summary>
    public DiskLog Log { get; }

    /// <summary>Its disk.</summary>
    public SimulatedDisk Disk { get; }

    /// <summary>The calls on the folder: the name, and the number among its thread's calls of that name.</summary>
    public IReadOnlyList<(string Call, int Number)> Calls { get; }

    /// <summary>What the folder holds at the end.</summary>
    public SortedDictionary<string, byte[]?> Final { get; }

    /// <summary>Runs a command in a folder under strace, or reads what strace wrote in an earlier campaign.</summary>
    /// <param name="folder">The folder, whose content is lost.</param>
    /// <param name="prepare">Writes what is there before, the same each time.</param>
    /// <param name="run">
    /// Runs the command in a process: its folder, the time that it may take, and the words of strace.
    /// </param>
    /// <param name="trace">The file that strace writes.</param>
    /// <exception cref="InvalidDataException">The command failed, or the log does not tell what it did.</exception>
    public static Recording Make(
        string folder,
        Action<string> prepare,
        Func<string, TimeSpan, IReadOnlyList<string>, ProcessResult> run,
        string trace)
    {
        FolderContent.Write(folder, new Dictionary<string, byte[]?>());
        prepare(folder);
        var recorder = new DiskRecorder(folder);
        string begun = trace + ".new";
        bool isNew = !File.Exists(trace);
        if (isNew)
        {
            ProcessResult result = run(folder, Limit, Strace.Record(begun));
            if (result.ExitCode != 0)
            {
                throw new InvalidDataException($"the command in {folder} failed: {result.Error}");
            }
        }

        var recording = new Recording(folder, Calls(trace: isNew ? begun : trace, recorder, out var calls), calls);
        if (isNew)
        {
            RequireWhole(FolderContent.Read(folder), recording.Final, folder);
            File.Move(begun, trace);
        }

        return recording;

        static DiskLog Calls(string trace, DiskRecorder recorder, out List<(string, int)> calls)
        {
            var counts = new Dictionary<(int, string), int>();
            calls = [];
            foreach (SystemCall call in TraceReader.Read(File.ReadLines(trace)))
            {
                int number = counts[(call.Thread, call.Name)] = counts.GetValueOrDefault((call.Thread, call.Name)) + 1;
                if (recorder.Take(call))
                {
                    calls.Add((call.Name, number));
                }
            }

            return recorder.Finish();
        }
    }

    private static void RequireWhole(
        SortedDictionary<string, byte[]?> real, SortedDictionary<string, byte[]?> simulated, string folder)
    {
        string? wrong = real.Keys.Union(simulated.Keys).FirstOrDefault(
            p => !real.TryGetValue(p, out byte[]? there) || !simulated.TryGetValue(p, out byte[]? told)
                || !FolderContent.AreSame(there, told));
        if (wrong is not null)
        {
            throw new InvalidDataException(
                $"the log of the command in {folder} does not tell what {wrong} holds");
        }
    }
}
