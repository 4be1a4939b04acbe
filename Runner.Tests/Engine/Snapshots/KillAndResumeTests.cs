namespace Cnn.Tests.Engine.Snapshots;

[Trait("Category", "Crash")]
public class KillAndResumeTests
{
    private const int Iterations = 600;

    [Fact]
    public async Task TrainingThatIsKilledAndResumedEndsInTheSameBytes()
    {
        using var straight = new TemporaryFolder();
        using var killed = new TemporaryFolder();
        SmallTraining.Write(straight, Iterations, snapshot: 7);
        SmallTraining.Write(killed, Iterations, snapshot: 7);
        using (CnnProcess run = CnnProcess.Start(straight.Path, "train", "--solver", "solver.prototxt"))
        {
            var (exitCode, _, error) = await run.Finish();
            Assert.True(exitCode == 0, error);
        }

        // Moments from a fixed seed, so that a failure can be seen again; the machine's speed varies them further.
        var moments = new Random(11);
        int kills = 0;
        for (int attempt = 0; attempt < 30; attempt++)
        {
            using CnnProcess run = CnnProcess.Start(
                killed.Path, "train", "--solver", "solver.prototxt", "--resume", "latest");
            if (attempt < 8 && await run.KillWhileTraining(TimeSpan.FromMilliseconds(moments.Next(120))))
            {
                kills++;
                continue;
            }

            var (exitCode, _, error) = await run.Finish();
            Assert.True(exitCode == 0, error);
            break;
        }

        Assert.True(kills > 0, "no run was killed");
        string model = $"snap_iter_{Iterations}.caffemodel", state = $"snap_iter_{Iterations}.solverstate";
        Assert.Equal(File.ReadAllBytes(straight[model]), File.ReadAllBytes(killed[model]));
        Assert.Equal(File.ReadAllBytes(straight[state]), File.ReadAllBytes(killed[state]));
    }

    [Fact]
    public async Task ControlCFinishesTheIterationWritesASnapshotAndExits130()
    {
        using var folder = new TemporaryFolder();
        SmallTraining.Write(folder, 1_000_000, snapshot: 0);
        using CnnProcess run = CnnProcess.Start(folder.Path, "train", "--solver", "solver.prototxt");
        await run.WaitForError("Iteration 50 ");
        run.Signal("INT");
        var (exitCode, _, error) = await run.Finish();
        Assert.True(exitCode == 130, error);
        Assert.Contains("Optimization stopped early.", error, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(folder.Path, "snap_iter_*.solverstate"));
        Assert.Single(Directory.GetFiles(folder.Path, "snap_iter_*.caffemodel"));
    }
}
