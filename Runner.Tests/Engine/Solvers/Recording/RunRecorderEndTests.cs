using System.Diagnostics;
using Cnn.Engine.Runs;
using Cnn.Engine.Solvers;
using Cnn.Engine.Solvers.Recording;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Tests.Engine.Distributed;
using Serilog;
using Serilog.Core;

namespace Cnn.Tests.Engine.Solvers.Recording;

/// <summary>How a recorded run ends, goes on and is replaced.</summary>
[Trait("Category", "Unit")]
public sealed class RunRecorderEndTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly WorkerPool pool = new(1);

    private string Run => folder["run"];

    private string Page => Path.Combine(Run, "run.html");

    private string Prefix => folder["snap"].Replace('\\', '/');

    public void Dispose()
    {
        pool.Dispose();
        folder.Dispose();
    }

    // The first step is not measured, and all of them take less than a second.
    [Fact]
    public void AShortRunTellsItsSpeedAtItsLastStep()
    {
        using Solver solver = Prepare("max_iter: 3");
        solver.Solve();

        RunRecord record = solver.RunWriter!.Snapshot();
        Assert.InRange(LastOf(record, "train/images_per_second").Iteration, 1, 2);
        Assert.InRange(LastOf(record, "train/data_wait").Iteration, 1, 2);
        Assert.True(File.Exists(Page));
    }

    [Theory]
    [InlineData(3, RunState.Stopped)]
    [InlineData(5, RunState.Completed)]
    public void ARunOfSingleStepsEndsWhenItsSolverIsDisposedOf(int steps, RunState expected)
    {
        using (Solver solver = Prepare("max_iter: 5"))
        {
            StepTo(solver, steps);
            Assert.Equal(RunState.Running, solver.RunWriter!.Snapshot().State);
        }

        RunRecord record = RunFolder.Read(Run);
        Assert.Equal((expected, steps), (record.State, record.Iteration));
        Assert.InRange(LastOf(record, "train/images_per_second").Iteration, 1, steps - 1);
        Assert.True(File.Exists(Page));
    }

    [Fact]
    public void ARunThatGoesOnAfterItsEndEndsAgain()
    {
        using (Solver solver = Prepare("max_iter: 5"))
        {
            solver.Progressed += p =>
            {
                if (p.Iteration == 2)
                {
                    solver.Control.RequestStop();
                }
            };
            Assert.False(solver.Solve());
            Assert.Equal(RunState.Stopped, RunFolder.Read(Run).State);
            File.Delete(Page);
            StepTo(solver, 5);
            Assert.False(File.Exists(Page));
        }

        RunRecord record = RunFolder.Read(Run);
        Assert.Equal((RunState.Completed, 5), (record.State, record.Iteration));
        Assert.True(File.Exists(Page));
    }

    [Fact]
    public void ASnapshotAfterTheEndIsOnThePageToo()
    {
        using Solver solver = Prepare("max_iter: 3");
        StepTo(solver, 1);
        Assert.Equal(solver.WriteSnapshot(), solver.RunWriter!.Snapshot().LastSnapshot);
        Assert.False(File.Exists(Page));

        solver.Solve();
        File.Delete(Page);
        string path = solver.WriteSnapshot();

        Assert.Equal(path, RunFolder.Read(Run).LastSnapshot);
        Assert.Contains(Path.GetFileName(path), File.ReadAllText(Page), StringComparison.Ordinal);
    }

    [Fact]
    public void ARunWhosePageCannotBeWrittenEndsWithAWarning()
    {
        var lines = new LogLines();
        using Logger log = new LoggerConfiguration().WriteTo.Sink(lines).CreateLogger();
        using Solver solver = Prepare("max_iter: 2", o => o with { Log = log });
        Directory.CreateDirectory(Page);
        Assert.True(solver.Solve());

        Assert.Equal(RunState.Completed, RunFolder.Read(Run).State);
        string warning = Assert.Single(lines.Warnings);
        Assert.StartsWith("the page of the run is not written: ", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void ARunThatCannotBeginHasFailed()
    {
        Assert.Throws<NotSupportedException>(() => Prepare("max_iter: 2", o => o with { Time = new NoTimers() }));

        Assert.Equal(RunState.Failed, RunFolder.Read(Run).State);
    }

    [Fact]
    public void ACompletedRunIsNotReplaced()
    {
        using (Solver solver = Prepare("max_iter: 2"))
        {
            solver.Solve();
        }

        var error = Assert.Throws<CnnException>(() => Prepare("max_iter: 2", o => o with { ReplacesRun = true }));
        Assert.Contains(
            $"the folder '{Run}' has a run, but there is no snapshot of '{Prefix}' to go on from",
            error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void ARunWithASnapshotIsNotReplacedButGoneOnWith()
    {
        string state;
        using (Solver solver = Prepare("max_iter: 4"))
        {
            StepTo(solver, 2);
            state = solver.WriteSnapshot();
        }

        var error = Assert.Throws<CnnException>(() => Prepare("max_iter: 4", o => o with { ReplacesRun = true }));
        Assert.Contains($"has a run with the snapshot '{state}', but", error.Message, StringComparison.Ordinal);

        using Solver resumed = Prepare("max_iter: 4", o => o with { ReplacesRun = true, ResumeFrom = state });
        resumed.Solve();
        Assert.Equal([0, 1, 2, 3], LossesOf(resumed).Select(p => p.Iteration));
    }

    [Fact]
    public void ARunThatCameToNothingIsReplaced()
    {
        using (Solver solver = Prepare("max_iter: 4", o => o with { ReplacesRun = true }))
        {
            StepTo(solver, 2);
        }

        using Solver replacing = Prepare("max_iter: 4", o => o with { ReplacesRun = true });
        Assert.Empty(LossesOf(replacing));
        Assert.Equal(0, replacing.RunWriter!.Snapshot().Iteration);
    }

    // Two processes share the four passes of a step, so three steps of 600 seconds are six passes of 300.
    [Fact]
    public void TheTimesOfLayersAreThoseOfAPassOfOneProcess()
    {
        double[] times = InProcessJob.Run(2, group =>
        {
            if (!group.IsRoot)
            {
                return 0;
            }

            using Solver solver = Prepare("max_iter: 20 iter_size: 4 run_histograms: 10", o => o with { Run = "" });
            using RunRecorder recorder = RunRecorder.Of(
                solver,
                Parse("max_iter: 20 iter_size: 4 run_histograms: 10"),
                new SourceMap(),
                new SolverOptions { Pool = pool, Run = Run, Processes = group },
                new StepWait(() => TimeSpan.Zero, "", null))!;
            for (int i = 0; i < 4; i++)
            {
                recorder.BeginStep();
                solver.TrainNet.Timer?.AddForward(0, Stopwatch.GetTimestamp() - (600 * Stopwatch.Frequency));
                solver.Step();
                recorder.EndStep();
            }

            return recorder.Writer.Snapshot().LayerTimes[0].Forward;
        });

        Assert.InRange(times[0], 300_000, 310_000);
    }

    [Fact]
    public void AStepGoesOnAfterItsPictures()
    {
        using Solver solver = Prepare("max_iter: 20", o => o with { Run = "" });
        var wait = new StepWait(() => TimeSpan.Zero, "", null);
        using RunRecorder recorder = RunRecorder.Of(
            solver, Parse("max_iter: 20"), new SourceMap(), new SolverOptions { Pool = pool, Run = Run }, wait)!;

        // The first step does not count, and the second has no time before its pictures.
        wait.EndStep();
        recorder.BeforeUpdate(1, 1, 0.1f);
        Thread.SpinWait(1000);
        wait.EndStep();

        Assert.NotEqual(TimeSpan.Zero, wait.Time);
    }

    private static void StepTo(Solver solver, int iteration)
    {
        while (solver.Iteration < iteration)
        {
            solver.Step();
        }
    }

    private static RunPoint LastOf(RunRecord record, string curve)
    {
        Assert.True(record.TryFind(curve, out RunCurve? found));
        return found.Last!.Value;
    }

    private static IEnumerable<RunPoint> LossesOf(Solver solver) =>
        solver.RunWriter!.Snapshot().TryFind("train/loss", out RunCurve? losses) ? losses.Points : [];

    private SolverParameter Parse(string more) => TextFormat.Parse<SolverParameter>(
        $"net_param {{ {SmallTraining.Net} }} base_lr: 0.01 lr_policy: 'fixed' random_seed: 3 test_iter: 1 "
        + "test_interval: 100 test_initialization: false snapshot_after_train: false "
        + $"snapshot_prefix: '{Prefix}' {more}",
        "solver.prototxt");

    private Solver Prepare(string more, Func<SolverOptions, SolverOptions>? change = null)
    {
        var options = new SolverOptions { Pool = pool, Run = Run };
        return new Solver(new SolverDefinition(Parse(more)), change is null ? options : change(options));
    }

    private sealed class NoTimers : TimeProvider
    {
        public override ITimer CreateTimer(
            TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            throw new NotSupportedException();
    }
}
