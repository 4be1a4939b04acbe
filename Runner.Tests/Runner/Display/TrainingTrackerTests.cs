using Cnn.Engine.Runs;
using Cnn.Engine.Solvers;
using Cnn.Runner.Display;

namespace Cnn.Tests.Runner.Display;

[Trait("Category", "Unit")]
public sealed class TrainingTrackerTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly ManualClock clock = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void FiguresFollowTheRun()
    {
        using Solver solver = Load(120);
        var tracker = new TrainingTracker(solver, averageLoss: 1, clock);
        var losses = new List<float>();
        var tests = new List<TestScores>();
        solver.Progressed += p => losses.Add(p.IterationLoss);
        solver.Tested += tests.Add;

        // Each iteration takes half a second, each test a second that counts for no step.
        solver.Progressed += _ => clock.Advance(0.5);
        solver.TestProgressed += _ => clock.Advance(0.5);
        Assert.True(solver.Solve());

        TrainingStatus status = tracker.Read();
        Assert.Equal(("Small", 120, 120), (status.Net, status.Iteration, status.MaxIterations));
        Assert.Equal(losses[^1], status.Loss);
        Assert.Equal(losses.TakeLast(20).Average(), status.MeanLoss, 1e-5);
        Assert.Equal(20, status.MeanOf);
        Assert.Equal(60 + 3, status.Elapsed.TotalSeconds);
        Assert.Equal(60, status.Losses.Count);
        Assert.Equal(2 * 8, status.Speed, 0.5);
        Assert.True(status.CountsImages);

        TestStatus accuracy = status.Tests[0], loss = status.Tests[1];
        double[] accuracies = [.. tests.Select(t => t.Outputs[0].Mean)];
        Assert.Equal(("accuracy", 0, false), (accuracy.Blob, accuracy.TestNet, accuracy.LessIsBetter));
        Assert.Equal((100, accuracies[^1], accuracies.Max()), (accuracy.Iteration, accuracy.Score, accuracy.Best));
        Assert.Equal(tests[Array.IndexOf(accuracies, accuracies.Max())].Iteration, accuracy.BestIteration);
        Assert.Equal(("loss", true), (loss.Blob, loss.LessIsBetter));
        Assert.Equal(tests.Min(t => t.Outputs[1].Mean), loss.Best);
        Assert.Equal((120, "snap_iter_120.solverstate"), (status.SnapshotIteration, status.SnapshotFile));
    }

    [Fact]
    public void TheTimeLeftGoesOnWhileAnIterationLasts()
    {
        using Solver solver = Load(10);
        var tracker = new TrainingTracker(solver, averageLoss: 1, clock);
        Assert.Null(tracker.Read().Left);

        clock.Advance(2);
        solver.Step();
        Assert.Equal(18, tracker.Read().Left!.Value.TotalSeconds);

        clock.Advance(5);
        Assert.Equal(13, tracker.Read().Left!.Value.TotalSeconds);
        clock.Advance(100);
        Assert.Equal(0, tracker.Read().Left!.Value.TotalSeconds);
    }

    [Fact]
    public void ATestIsShownUntilItHasEnded()
    {
        using Solver solver = Load(10);
        var tracker = new TrainingTracker(solver, averageLoss: 1, clock);
        var during = new List<TestProgress?>();
        solver.TestProgressed += _ => during.Add(tracker.Read().Test);

        solver.Step();

        Assert.Equal([new TestProgress(0, 0, 2), new TestProgress(0, 1, 2)], during);
        Assert.Null(tracker.Read().Test);
    }

    [Fact]
    public void ARateThatWasLoweredSaysWhen()
    {
        using Solver solver = Load(40, "\"inv\"", "'multistep' stepvalue: 15");
        var tracker = new TrainingTracker(solver, averageLoss: 1, clock);
        var seen = new Dictionary<int, int?>();
        solver.Progressed += p => seen[p.Iteration] = tracker.Read().RateSince;

        solver.Solve();

        Assert.Null(seen[14]);
        Assert.Equal(15, seen[40]);
    }

    [Fact]
    public void ARateThatNeverRestsSaysNothing()
    {
        using Solver solver = Load(40);
        var tracker = new TrainingTracker(solver, averageLoss: 1, clock);

        solver.Solve();

        Assert.Null(tracker.Read().RateSince);
    }

    [Fact]
    public void TheMeanIsThatOfTheSolverWhereItAverages()
    {
        using Solver solver = Load(30, "display: 50", "average_loss: 5");
        var tracker = new TrainingTracker(solver, averageLoss: 5, clock);
        TrainingProgress last = default;
        solver.Progressed += p => last = p;

        solver.Solve();

        Assert.Equal((last.Loss, 5), ((float)tracker.Read().MeanLoss, tracker.Read().MeanOf));
    }

    [Fact]
    public void TheFiguresOfAnIterationAllocateNothing()
    {
        var trail = new LossTrail();
        var speed = new Speedometer();
        double seconds = 0;

        Assert.Equal(0, Allocations.OnThisThread(() =>
        {
            trail.Add(1, TimeSpan.FromSeconds(seconds++));
            speed.Add(TimeSpan.FromSeconds(1));
        }));
    }

    [Fact]
    public void TheEndIsShown()
    {
        using Solver solver = Load(10);
        var tracker = new TrainingTracker(solver, averageLoss: 1, clock);
        tracker.End(RunState.Failed);

        Assert.Equal(RunState.Failed, tracker.Read().State);
    }

    private Solver Load(int iterations, string from = "none", string to = "")
    {
        string path = SmallTraining.Write(folder, iterations, 0, prefix: folder["snap"]);
        File.WriteAllText(path, File.ReadAllText(path).Replace(from, to, StringComparison.Ordinal));
        return Solver.Load(path);
    }
}
