using Cnn.Engine.Distributed;
using Cnn.Engine.Runs;
using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Tests.Engine.Distributed;
using Serilog;
using Serilog.Core;

namespace Cnn.Tests.Engine.Solvers;

/// <summary>The tests of a run in several processes, here ranks that are threads.</summary>
[Trait("Category", "Unit")]
public sealed class GroupTestingTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // test_iter is no multiple of the number of processes.
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void TestsOfARunAreThoseOfOneProcess(int size)
    {
        Run alone = Train(null, "alone");
        Assert.Equal(2, alone.Scores.Length);

        Run[] ranks = InProcessJob.Run(size, group => Train(group, "shared"));

        Assert.All(ranks, rank => Assert.Equal(alone.Scores, rank.Scores));
        Assert.Equal(alone.TestLines, ranks[0].TestLines);
        Assert.All(ranks[1..], rank => Assert.Empty(rank.TestLines));
        AssertSame(alone.Classes!, ranks[0].Classes!);
    }

    [Fact]
    public void AStopOfOneRankEndsTheTestOfAllWhichIsRepeated()
    {
        Run alone = Train(null, "alone");

        Run[] ranks = InProcessJob.Run(3, group => Train(group, "shared", (solver, progress) =>
        {
            if (group.Rank == 1 && progress.Batch == 3 && !solver.Control.StopRequested)
            {
                solver.Control.RequestStop();
            }
        }));

        Assert.All(ranks, rank => Assert.True(rank.Stops > 0));
        Assert.All(ranks, rank => Assert.Equal(ranks[0].Stops, rank.Stops));
        Assert.All(ranks, rank => Assert.Equal(alone.Scores, rank.Scores));
        AssertSame(alone.Classes!, ranks[0].Classes!);
    }

    private static void AssertSame(ClassReport expected, ClassReport found)
    {
        Assert.Equal(expected.Counts.SelectMany(row => row), found.Counts.SelectMany(row => row));
        Assert.NotEmpty(expected.Worst);
        Assert.Equal(
            expected.Worst.Select(m => (m.Label, m.Predicted, m.Confidence)),
            found.Worst.Select(m => (m.Label, m.Predicted, m.Confidence)));
    }

    private Run Train(ProcessGroup? group, string run, Action<Solver, TestProgress>? tests = null)
    {
        using var pool = new WorkerPool(1);
        var lines = new LogLines();
        using Logger log = new LoggerConfiguration().WriteTo.Sink(lines).CreateLogger();
        var sources = new SourceMap();
        SolverParameter definition = TextFormat.Parse<SolverParameter>(
            $"net_param {{ {SmallTraining.Net} }} base_lr: 0.01 lr_policy: 'fixed' random_seed: 3 iter_size: 6 "
            + "test_iter: 5 test_interval: 2 test_initialization: false max_iter: 4 snapshot_after_train: false",
            "solver.prototxt",
            sources);
        using var solver = new Solver(
            new SolverDefinition(definition, sources),
            new SolverOptions { Pool = pool, Log = log, Run = folder[run], Processes = group });
        List<string> scores = [];
        bool isStopped = false;
        solver.Tested += s => scores.Add(
            $"{s.Iteration} {s.Loss:R} {string.Join(' ', s.Outputs.Select(o => $"{o.Blob}={o.Mean:R}"))}");
        solver.TestProgressed += progress =>
        {
            if (!isStopped)
            {
                tests?.Invoke(solver, progress);
            }
        };
        int stops = 0;
        while (!solver.Solve())
        {
            stops++;
            isStopped = true;
        }

        return new Run(
            [.. scores],
            [.. lines.All.Where(l => l.Contains("Test", StringComparison.Ordinal))],
            solver.RunWriter?.Snapshot().Classes,
            stops);
    }

    private sealed record Run(string[] Scores, string[] TestLines, ClassReport? Classes, int Stops);
}
