using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Proto.Formats;

namespace Cnn.Tests.Engine.Solvers;

[Trait("Category", "Unit")]
public class EarlyStoppingTests
{
    // A weight that grows by 1 each iteration from -6, so that the test's loss, (w x)^2 / 2, is least at iteration 6.
    private const string Net = """
        net_param {
          layer { name: "w" type: "Parameter" top: "w" parameter_param { shape { dim: 1 } } }
          layer { name: "sum" type: "Reduction" bottom: "w" top: "sum" loss_weight: -1 include { phase: TRAIN } }
          layer { name: "square" type: "Power" bottom: "w" top: "score" power_param { power: 2 shift: -6 scale: 1 }
            include { phase: TEST } }
        }
        base_lr: 1 lr_policy: "fixed" random_seed: 1 test_iter: 1 test_interval: 1 max_iter: 1000
        snapshot_after_train: false
        """;

    [Fact]
    public void ARunEndsWhereTheHorizonIsAndKeepsTheBestWeights()
    {
        using var folder = new TemporaryFolder();
        using var pool = new WorkerPool(1);
        string definition = Definition(
            folder, "output: 'score' patience: 4 patience_increase: 2 improvement_threshold: 0.9");
        Solver solver = Training.Prepare(definition, pool);
        string? best = null;
        solver.BestWritten += path => best = path;

        Assert.True(solver.Solve());

        // The last clear improvement, from 1 to 0 at iteration 6, moves the end to iteration 12.
        Assert.Equal(12, solver.Iteration);
        Assert.Equal(folder["snap_best.caffemodel"], best);
        using WeightsFile file = WeightsFile.Open(best!);
        var weight = new float[1];
        file.Layers.Single(l => l.Name == "w").Blobs[0]!.Data.CopyTo(weight);
        Assert.Equal(6, weight[0]);
    }

    [Fact]
    public void ImprovementsThatAreNotClearDoNotMoveTheEnd()
    {
        using var folder = new TemporaryFolder();
        using var pool = new WorkerPool(1);
        Solver solver = Training.Prepare(
            Definition(folder, "output: 'score' patience: 4 patience_increase: 2 improvement_threshold: 0.01"), pool);

        Assert.True(solver.Solve());

        Assert.Equal(4, solver.Iteration);
    }

    [Fact]
    public void AResumedRunEndsWhereOneThatNeverStoppedDoes()
    {
        using var folder = new TemporaryFolder();
        using var pool = new WorkerPool(1);
        string definition = Definition(folder, "output: 'score' patience: 9 patience_increase: 1.2");
        Solver straight = Training.Prepare(definition, pool);
        Assert.True(straight.Solve());
        Solver first = Training.Prepare(definition, pool);
        for (int i = 0; i < 8; i++)
        {
            first.Step();
        }

        Solver resumed = Training.Prepare(definition, pool, resumeFrom: first.WriteSnapshot());
        string? best = null;
        resumed.BestWritten += path => best = path;
        Assert.True(resumed.Solve());

        Assert.Equal(straight.Iteration, resumed.Iteration);
        Assert.Null(best);
    }

    [Fact]
    public void ARunThatEndedGoesOnWithMorePatience()
    {
        using var folder = new TemporaryFolder();
        using var pool = new WorkerPool(1);
        string early = "output: 'score' patience_increase: 1 patience: ";
        Solver first = Training.Prepare(Definition(folder, early + "4"), pool);
        Assert.True(first.Solve());
        Assert.True(first.EndedEarly);
        string state = first.WriteSnapshot();

        Solver same = Training.Prepare(Definition(folder, early + "4"), pool, resumeFrom: state);
        Solver patient = Training.Prepare(Definition(folder, early + "9"), pool, resumeFrom: state);

        Assert.Equal((4, true, false), (same.Iteration, same.EndedEarly, patient.EndedEarly));
        Assert.True(same.Solve());
        Assert.True(patient.Solve());
        Assert.Equal((4, 9), (same.Iteration, patient.Iteration));
    }

    [Theory]
    [InlineData("", "output is missing; its outputs are score")]
    [InlineData("output: 'accuracy'", "the test net has no output 'accuracy'")]
    [InlineData("output: 'score' test_net: 1", "test_net is 1, the solver has 1 test net(s)")]
    [InlineData("output: 'score' patience: 0", "patience is 0")]
    [InlineData("output: 'score' patience_increase: 0.5", "patience_increase is 0.5")]
    [InlineData("output: 'score' improvement_threshold: 2", "improvement_threshold is 2")]
    public void AMistakeIsLocated(string options, string expected)
    {
        using var folder = new TemporaryFolder();
        using var pool = new WorkerPool(1);
        var error = Assert.Throws<CnnException>(() => Training.Prepare(Definition(folder, options), pool));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("solver.prototxt:", error.Message, StringComparison.Ordinal);
    }

    private static string Definition(TemporaryFolder folder, string early) =>
        $"{Net} snapshot_prefix: '{folder["snap"].Replace('\\', '/')}' early_stopping {{ {early} }}";
}
