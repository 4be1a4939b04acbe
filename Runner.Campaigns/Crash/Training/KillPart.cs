using Cnn.Campaigns.Crash.Disks;
using Cnn.Campaigns.Crash.Tracing;
using Cnn.Campaigns.Processes;
using Cnn.Campaigns.Running;
using Cnn.Fillers;

namespace Cnn.Campaigns.Crash.Training;

/// <summary>
/// Kills: a training's process dies by SIGKILL at a call on its folder, goes on and dies again, some times over, and
/// then comes to its end, which is that of a run that never stopped.
/// </summary>
internal static class KillPart
{
    private const int Kills = 8, Killed = 128 + 9;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>Runs the part.</summary>
    public static void Run(PartRun run)
    {
        using var workplace = new Workplace(run);
        var trainings = new RecordedTraining?[TrainingSetup.All.Count];
        run.Cases(one =>
        {
            int chosen = (int)(one.Number % trainings.Length);
            TrainingSetup setup = TrainingSetup.All[chosen];
            RecordedTraining training = trainings[chosen] ??= RecordedTraining.Make(
                setup, workplace.Folder(setup.Name), setup.Prefix, workplace.Trace(setup.Name));
            Try(one, training);
        });
    }

    private static void Try(CampaignCase one, RecordedTraining training)
    {
        using var folder = new TemporaryFolder();
        TrainingSetup setup = training.Setup;
        setup.Write(folder.Path, setup.Prefix);
        string[] arguments = setup.Arguments(folder.Path);
        ILookup<string, int> calls = training.Recording.Calls.ToLookup(c => c.Call, c => c.Number);
        string history = setup.Name;
        for (int i = 0; i < Kills; i++)
        {
            var (call, number) = Choose(calls, one.Random);
            history += $", killed at {call} {number}";
            ProcessResult killed = CnnRun.Finish(folder.Path, Limit, arguments, Strace.Kill(call, number));
            if (killed.ExitCode == 0)
            {
                // The rest of the training has fewer calls of that kind.
                break;
            }

            if (killed.ExitCode != Killed)
            {
                one.Find($"{history}: training does not go on: {killed.Error}");
                return;
            }

            one.Count("kills");
            one.Count($"kills at {call}");
            if (SnapshotChecks.AfterKill(FolderContent.Read(folder.Path), training.Every) is { } third)
            {
                one.Find($"{history}: {third}");
                return;
            }
        }

        ProcessResult run = CnnRun.Finish(folder.Path, Limit, arguments);
        string? wrong = run.ExitCode != 0 ? $"training does not go on: {run.Error}"
            : SnapshotChecks.AtEnd(FolderContent.Read(folder.Path), training.Recording.Final)
                ?? (setup.HasRun ? RunChecks.AtEnd(folder["run"], training.Figures) : null);
        if (wrong is not null)
        {
            one.Find($"{history}: {wrong}");
        }
    }

    // Kinds of calls come equally often, and the first half of the training more often, so that some kills come one
    // after another.
    private static (string Call, int Number) Choose(ILookup<string, int> calls, PhiloxRandom random)
    {
        string[] kinds = [.. calls.Select(c => c.Key).Order(StringComparer.Ordinal)];
        string kind = kinds[random.Next(kinds.Length)];
        int[] numbers = [.. calls[kind]];
        return (kind, numbers[random.Next(Math.Max(1, random.Next(2) == 0 ? numbers.Length : numbers.Length / 3))]);
    }
}
