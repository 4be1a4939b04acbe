using Cnn.Campaigns.Crash.Disks;
using Cnn.Campaigns.Crash.Tracing;
using Cnn.Campaigns.Processes;
using Cnn.Campaigns.Running;

namespace Cnn.Campaigns.Crash.Commands;

/// <summary>
/// Crashes of commands that write files: kills, or losses of power after any operation. Each file is then the old one
/// or the new one, and the command succeeds when it is given again.
/// </summary>
internal static class FilesPart
{
    private const int Stride = 7919, Killed = 128 + 9;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>Runs the part.</summary>
    /// <param name="run">The part.</param>
    /// <param name="isKilled">Whether real processes are killed; else power is lost.</param>
    public static void Run(PartRun run, bool isKilled)
    {
        using var workplace = new Workplace(run);
        IReadOnlyList<CommandScenario> all = CommandScenarios.All;
        SortedDictionary<string, byte[]?>? inputs = null;
        var recordings = new Recording?[all.Count];
        run.Cases(one =>
        {
            int chosen = (int)(one.Number % all.Count);
            CommandScenario scenario = all[chosen];
            string folder = workplace.Folder(scenario.Name);
            inputs ??= ScenarioInputs.Make();
            Recording recording = recordings[chosen] ??= Recording.Make(
                folder, at => scenario.Write(at, inputs), scenario.Run, workplace.Trace(scenario.Name));
            string place = $"{scenario.Name}, ";
            if (isKilled)
            {
                var (call, number) = recording.Calls[one.Random.Next(recording.Calls.Count)];
                place += $"killed at {call} {number}";
                scenario.Write(folder, inputs);
                if (!Kill(one, place, recording, scenario, Strace.Kill(call, number)))
                {
                    return;
                }
            }
            else
            {
                int points = recording.Log.Operations.Count + 1;
                int operations = (int)(one.Number / all.Count * Stride % points);
                place += $"after {operations} operations";
                FolderContent.Write(folder, recording.Disk.Crash(operations, one.Random));
            }

            one.Count("crash points");
            Check(one, place, recording, scenario);
        });
    }

    // Whether the process was killed as it should.
    private static bool Kill(
        CampaignCase one, string place, Recording recording, CommandScenario scenario, IReadOnlyList<string> before)
    {
        ProcessResult run = scenario.Run(recording.Folder, Limit, before);
        if (run.ExitCode is not (0 or Killed))
        {
            one.Find($"{place}: exit code {run.ExitCode}: {run.Error}");
        }

        return run.ExitCode == Killed;
    }

    private static void Check(CampaignCase one, string place, Recording recording, CommandScenario scenario)
    {
        string folder = recording.Folder;
        SortedDictionary<string, byte[]?> content = FolderContent.Read(folder);
        if (CommandChecks.AfterCrash(scenario, content, recording.Final, folder + ".look") is { } third)
        {
            one.Find($"{place}: {third}");
            return;
        }

        bool isDone = CommandChecks.IsDone(scenario, content, recording.Final);
        ProcessResult again = scenario.RunHere(folder);
        if (again.ExitCode == 1 && again.Error.Contains("exists already", StringComparison.Ordinal))
        {
            if (isDone)
            {
                one.Count("was done");
                return;
            }

            // Of several files or databases some are there; the user removes what the error names.
            one.Count("some targets had to be removed");
            foreach (string target in scenario.Targets)
            {
                Remove(Path.Combine(folder, target));
            }

            again = scenario.RunHere(folder);
        }

        string? wrong = again.ExitCode != 0
            ? $"the command does not succeed when it is given again: {again.Error}"
            : CommandChecks.AtEnd(scenario, FolderContent.Read(folder), recording.Final);
        if (wrong is not null)
        {
            one.Find($"{place}: {wrong}");
        }
    }

    private static void Remove(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
        else if (File.Exists(path))
        {
            File.Delete(path);
        }
    }
}
