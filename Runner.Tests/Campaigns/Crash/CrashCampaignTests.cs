using Cnn.Campaigns.Crash;
using Cnn.Campaigns.Crash.Commands;
using Cnn.Campaigns.Crash.Training;
using Cnn.Campaigns.Processes;
using Cnn.Campaigns.Running;
using Cnn.Fillers;

namespace Cnn.Tests.Campaigns.Crash;

/// <summary>Short forms of the campaign, and what it found.</summary>
[Trait("Category", "Crash")]
public sealed class CrashCampaignTests : IDisposable
{
    private const int StatesAtEachPoint = 60;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("power-loss", 14)]
    [InlineData("kill", 1)]
    public void AShortCampaignFindsNothing(string part, long cases)
    {
        RequireStrace();
        using var output = new StringWriter();
        var options = new CampaignOptions { Cases = cases, Parts = [part], Seed = 3 };

        int found = CampaignRunner.Run(new CrashCampaign(), options, output, TimeProvider.System);

        Assert.True(found == 0, output.ToString());
        Assert.Contains(part == "kill" ? " kills" : " crash points", output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kept")]
    [InlineData("passes")]
    public void ASnapshotThatWasWrittenOutlastsALossOfPowerWithItsFolders(string name)
    {
        RequireStrace();
        TrainingSetup setup = TrainingSetup.All.Single(s => s.Name == name);
        RecordedTraining training = RecordedTraining.Make(setup, folder["disk"], setup.Prefix, folder["trace"]);

        Assert.Equal([], States(training.Recording).Select(s => SnapshotChecks.AfterPowerLoss(
            s.Content, training.Every, training.Promised(s.Operations))).OfType<string>());
    }

    // Databases get their names with all their files; the header of a file of rows never tells of more than there is.
    [Theory]
    [InlineData("digits")]
    [InlineData("boxes")]
    [InlineData("images")]
    [InlineData("hdf5-output")]
    [InlineData("hdf5-output-train")]
    [InlineData("download-broken")]
    public void AFileThatACommandWritesIsTheOldOneOrTheNewOneAfterALossOfPower(string name)
    {
        RequireStrace();
        CommandScenario scenario = CommandScenarios.All.Single(s => s.Name == name);
        SortedDictionary<string, byte[]?> inputs = ScenarioInputs.Make();
        string disk = folder["disk"];
        Recording recording = Recording.Make(disk, at => scenario.Write(at, inputs), scenario.Run, folder["trace"]);

        Assert.Equal([], States(recording).Select(s => CommandChecks.AfterCrash(
            scenario, s.Content, recording.Final, folder["state"])).OfType<string>());
    }

    private static void RequireStrace() =>
        Assert.SkipUnless(StraceProgram.Missing is null, $"strace is needed: {StraceProgram.Missing}");

    private static IEnumerable<(int Operations, SortedDictionary<string, byte[]?> Content)> States(Recording recording)
    {
        for (int operations = 0; operations <= recording.Log.Operations.Count; operations++)
        {
            for (int state = 0; state < StatesAtEachPoint; state++)
            {
                var random = new PhiloxRandom((ulong)operations, (ulong)state);
                yield return (operations, recording.Disk.Crash(operations, random));
            }
        }
    }
}
