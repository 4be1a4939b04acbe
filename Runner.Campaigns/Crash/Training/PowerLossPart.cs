using Cnn.Campaigns.Crash.Disks;
using Cnn.Campaigns.Processes;
using Cnn.Campaigns.Running;

namespace Cnn.Campaigns.Crash.Training;

/// <summary>
/// Power losses: states that a disk may be in after any operation of a training, from which training goes on. What was
/// told to be written is there, and the end is that of a run that never stopped.
/// </summary>
internal static class PowerLossPart
{
    private const int Stride = 7919;

    /// <summary>Runs the part.</summary>
    public static void Run(PartRun run)
    {
        using var workplace = new Workplace(run);
        var trainings = new RecordedTraining?[TrainingSetup.All.Count];
        var opened = new HashSet<string>();
        run.Cases(one =>
        {
            int chosen = (int)(one.Number % trainings.Length);
            TrainingSetup setup = TrainingSetup.All[chosen];
            string folder = workplace.Folder(setup.Name);
            RecordedTraining training = trainings[chosen] ??= RecordedTraining.Make(
                setup, folder, Path.Combine(folder, setup.Prefix), workplace.Trace(setup.Name));
            int points = training.Recording.Log.Operations.Count + 1;
            // The stride visits all points, and far ones first.
            Try(one, training, (int)(one.Number / trainings.Length * Stride % points), opened);
        });
    }

    private static void Try(CampaignCase one, RecordedTraining training, int operations, HashSet<string> opened)
    {
        SortedDictionary<string, byte[]?> crashed = training.Recording.Disk.Crash(operations, one.Random);
        one.Count("crash points");
        string place = $"{training.Setup.Name}, after {operations} operations";
        if (SnapshotChecks.AfterPowerLoss(crashed, training.Every, training.Promised(operations)) is { } lost)
        {
            one.Find($"{place}: {lost}");
        }

        // What comes of a state is a function of it, so one that was opened before is not opened again.
        if (!opened.Add(training.Setup.Name + FolderContent.DigestOf(crashed)))
        {
            return;
        }

        one.Count("different states");
        FolderContent.Write(training.Recording.Folder, crashed);
        ProcessResult resumed = CnnRun.Here(training.Setup.Arguments(training.Recording.Folder));
        one.Count(
            resumed.Error.Contains("Resuming from", StringComparison.Ordinal) ? "resumed" : "begun again");
        string? wrong = resumed.ExitCode != 0 ? $"training does not go on: {resumed.Error}"
            : SnapshotChecks.AtEnd(FolderContent.Read(training.Recording.Folder), training.Recording.Final)
                ?? (training.Setup.HasRun
                    ? RunChecks.AtEnd(Path.Combine(training.Recording.Folder, "run"), training.Figures)
                    : null);
        if (wrong is not null)
        {
            one.Find($"{place}: {wrong}");
        }
    }
}
