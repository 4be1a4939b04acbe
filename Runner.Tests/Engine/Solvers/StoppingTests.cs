using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace Cnn.Tests.Engine.Solvers;

/// <summary>Stopping a run and continuing it in the same process.</summary>
[Trait("Category", "Resume")]
public sealed class StoppingTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly WorkerPool pool = new(2);

    public void Dispose()
    {
        folder.Dispose();
        pool.Dispose();
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public void ARunThatWasStoppedGoesOnWithTheBitsOfOneThatWasNot(bool byToken, bool snapshotsAtTheEnd)
    {
        string more = $"snapshot_after_train: {(snapshotsAtTheEnd ? "true" : "false")}";
        var straight = new Run(Definition("straight", more), pool);
        Assert.True(straight.Solver.Solve());
        var run = new Run(Definition("stopped", more), pool);
        using var source = new CancellationTokenSource();
        run.Solver.Progressed += progress =>
        {
            if (progress.Iteration == 4 && byToken)
            {
                source.Cancel();
            }
            else if (progress.Iteration is 4 or 7)
            {
                run.Solver.Control.RequestStop();
            }
        };

        Assert.False(run.Solver.Solve(source.Token));
        Assert.Equal((4, false), (run.Solver.Iteration, run.Solver.Control.StopRequested));
        Assert.False(run.Solver.Solve());
        Assert.Equal(7, run.Solver.Iteration);
        Assert.True(run.Solver.Solve());

        Assert.Equal(straight.Losses, run.Losses);
        Assert.Equal(straight.Scores, run.Scores);
        Assert.Equal(Training.Weights(straight.Solver), Training.Weights(run.Solver));
        RequireSameSnapshot(9);
        if (snapshotsAtTheEnd)
        {
            RequireSameSnapshot(10);
        }
    }

    // The stop comes after the first test net; iteration 10 is the end of the run.
    [Theory]
    [InlineData(4, 0)]
    [InlineData(4, 1)]
    [InlineData(10, 1)]
    public void ATestThatWasCutShortIsDoneAgain(int iteration, int testNet)
    {
        var straight = new Run(Definition("straight"), pool);
        Assert.True(straight.Solver.Solve());
        using var source = new CancellationTokenSource();
        string awaited = $"Iteration {iteration}, Testing net (#{testNet})";
        var run = new Run(Definition("stopped"), pool, awaited, source.Cancel);

        Assert.False(run.Solver.Solve(source.Token));
        Assert.Equal(iteration, run.Solver.Iteration);
        Assert.Contains("Test interrupted.", run.Lines);
        Assert.True(run.Solver.Solve());

        Assert.Equal(straight.Losses, run.Losses);
        Assert.Equal(straight.Scores, run.Scores.Distinct());
        Assert.Equal(straight.Scores.Count + testNet, run.Scores.Count);
        Assert.Equal(straight.LinesOf("Iteration 10, loss = "), run.LinesOf("Iteration 10, loss = "));
        Assert.Equal(Training.Weights(straight.Solver), Training.Weights(run.Solver));
        RequireSameSnapshot(10);
    }

    [Fact]
    public void AStopBetweenTwoRunsEndsTheNextBeforeItsFirstIteration()
    {
        var run = new Run(Definition("stopped"), pool);
        run.Solver.Control.RequestStop();

        Assert.False(run.Solver.Solve());

        Assert.Equal(0, run.Solver.Iteration);
        Assert.True(run.Solver.Solve());
    }

    [Fact]
    public void StepsTakenOneByOneDoNotHeedAStop()
    {
        var run = new Run(Definition("stopped"), pool);
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.False(run.Solver.Solve(source.Token));
        run.Solver.Control.RequestStop();

        run.Solver.Step();

        Assert.Equal(1, run.Solver.Iteration);
    }

    private void RequireSameSnapshot(int iteration)
    {
        Assert.Equal(
            File.ReadAllBytes(Snapshot("straight", iteration, "caffemodel")),
            File.ReadAllBytes(Snapshot("stopped", iteration, "caffemodel")));
        Assert.Equal(State("straight", iteration), State("stopped", iteration));
    }

    private SolverState State(string run, int iteration)
    {
        SolverState state = ProtoFile.LoadBinary<SolverState>(Snapshot(run, iteration, "solverstate"));
        Assert.NotEmpty(state.History);
        state.ClearLearnedNet();
        return state;
    }

    private string Snapshot(string run, int iteration, string kind) =>
        Path.Combine(folder[run], $"snap_iter_{iteration}.{kind}");

    // The sequences never restart, so the result of a batch depends on all batches before it.
    private string Definition(string run, string more = "")
    {
        Directory.CreateDirectory(folder[run]);
        return $$"""
            type: 'Adam' base_lr: 0.01 momentum: 0.9 lr_policy: 'multistep' gamma: 0.5 stepvalue: 3 stepvalue: 8
            random_seed: 5 iter_size: 2 average_loss: 3 display: 1 clip_gradients: 0.2
            max_iter: 10 snapshot: 3 snapshot_prefix: '{{folder[run].Replace('\\', '/')}}/snap' {{more}}
            test_iter: 3 test_iter: 2 test_interval: 2
            net_param {
              layer { name: 'data' type: 'DummyData' top: 'x' top: 'target' top: 'cont'
                dummy_data_param {
                  shape { dim: 4 dim: 3 dim: 5 } shape { dim: 4 dim: 3 dim: 6 } shape { dim: 4 dim: 3 }
                  data_filler { type: 'gaussian' std: 1 } data_filler { type: 'gaussian' std: 0.5 }
                  data_filler { type: 'constant' value: 1 } } }
              layer { name: 'recurrent' type: 'LSTM' bottom: 'x' bottom: 'cont' top: 'y'
                recurrent_param { num_output: 6 weight_filler { type: 'xavier' } } }
              layer { name: 'drop' type: 'Dropout' bottom: 'y' top: 'y' }
              layer { name: 'loss' type: 'EuclideanLoss' bottom: 'y' bottom: 'target' top: 'loss' }
            }
            """;
    }

    /// <summary>A solver and its reports.</summary>
    private sealed class Run : ILogEventSink
    {
        private readonly string? awaited;
        private readonly Action? then;

        public Run(string definition, WorkerPool pool, string? awaited = null, Action? then = null)
        {
            (this.awaited, this.then) = (awaited, then);
            Logger log = new LoggerConfiguration().WriteTo.Sink(this).CreateLogger();
            Solver = Training.Prepare(definition, pool, log);
            Solver.Progressed += p => Losses.Add((p.Iteration, p.Loss, p.IterationLoss, p.LearningRate));
            Solver.Tested += s => Scores.Add((s.Iteration, s.TestNet, s.Loss));
        }

        public Solver Solver { get; }

        public List<(int Iteration, float Loss, float IterationLoss, float Rate)> Losses { get; } = [];

        public List<(int Iteration, int TestNet, double Loss)> Scores { get; } = [];

        public List<string> Lines { get; } = [];

        public IEnumerable<string> LinesOf(string start) =>
            Lines.Where(l => l.StartsWith(start, StringComparison.Ordinal));

        public void Emit(LogEvent logEvent)
        {
            Lines.Add(logEvent.RenderMessage());
            if (Lines[^1] == awaited && Lines.FindIndex(l => l == awaited) == Lines.Count - 1)
            {
                then!();
            }
        }
    }
}
