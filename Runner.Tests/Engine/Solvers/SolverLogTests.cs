using System.Text.RegularExpressions;
using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;
using Serilog;
using Serilog.Core;

namespace Cnn.Tests.Engine.Solvers;

/// <summary>What a run tells, in the words and the order of Caffe.</summary>
[Trait("Category", "Unit")]
public sealed partial class SolverLogTests : IDisposable
{
    // A weight that grows by 1 each iteration from 0, so that the loss is its negative and the score (w - 6)^2.
    private const string Definition = """
        net_param {
          name: "line"
          layer { name: "w" type: "Parameter" top: "w" parameter_param { shape { dim: 1 } } }
          layer { name: "sum" type: "Reduction" bottom: "w" top: "sum" loss_weight: -1 include { phase: TRAIN } }
          layer { name: "square" type: "Power" bottom: "w" top: "score" power_param { power: 2 shift: -6 scale: 1 }
            loss_weight: 1 include { phase: TEST } }
        }
        base_lr: 1 lr_policy: "fixed" random_seed: 7 test_iter: 2 test_interval: 2
        snapshot_after_train: false
        """;

    private readonly LogLines lines = new();
    private readonly Logger log;
    private readonly WorkerPool pool = new(1);

    public SolverLogTests() => log = new LoggerConfiguration().WriteTo.Sink(lines).CreateLogger();

    public void Dispose()
    {
        log.Dispose();
        pool.Dispose();
    }

    [Fact]
    public void ARunTellsItsTestsItsIterationsAndItsEnd()
    {
        using Solver solver = Prepare("max_iter: 4 display: 2 average_loss: 2 test_compute_loss: true");
        var losses = new List<double>();
        solver.Tested += scores => losses.Add(scores.Loss);

        Assert.True(solver.Solve());

        Assert.Equal([36, 16, 4], losses);
        Assert.Equal(
            [
                "Solver scaffolding done; random seed 7.",
                "Solving line",
                "Learning Rate Policy: fixed",
                "Iteration 0, Testing net (#0)",
                "Test loss: 36",
                "    Test net output #0: score = 36 (* 1 = 36 loss)",
                "Iteration 0 (0 iter/s, 0s/2 iters), loss = 0",
                "    Train net output #0: sum = 0 (* -1 = -0 loss)",
                "Iteration 0, lr = 1",
                "Iteration 2, Testing net (#0)",
                "Test loss: 16",
                "    Test net output #0: score = 16 (* 1 = 16 loss)",
                "Iteration 2 (? iter/s, ?s/2 iters), loss = -1.5",
                "    Train net output #0: sum = 2 (* -1 = -2 loss)",
                "Iteration 2, lr = 1",
                "Iteration 4, loss = -4",
                "Iteration 4, Testing net (#0)",
                "Test loss: 4",
                "    Test net output #0: score = 4 (* 1 = 4 loss)",
                "Optimization Done.",
            ],
            Lines());
    }

    [Fact]
    public void ASpeedIsThatOfTheIterationsSinceTheLastLine()
    {
        using Solver solver = Prepare("max_iter: 30 display: 10 test_initialization: false");

        solver.Solve();

        Match[] speeds = [.. lines.All.Select(l => Speed().Match(l)).Where(m => m.Success)];
        Assert.Equal(3, speeds.Length);
        Assert.All(speeds[1..], s =>
            Assert.Equal(10, Number(s, "rate") * Number(s, "seconds"), 0.01 * Number(s, "rate") * 1e-3));
    }

    [Fact]
    public void ARunThatIsNotShownIsNotTold()
    {
        using Solver solver = Prepare("max_iter: 4 display: 0");

        solver.Solve();

        Assert.DoesNotContain(lines.All, l => l.Contains("loss = -", StringComparison.Ordinal));
        Assert.DoesNotContain(lines.All, l => l.StartsWith("Test loss", StringComparison.Ordinal));
    }

    [Fact]
    public void AStopIsTold()
    {
        using Solver solver = Prepare("max_iter: 4");
        solver.Progressed += _ => solver.Control.RequestStop();

        Assert.False(solver.Solve());

        Assert.Equal("Optimization stopped early.", lines.All[^1]);
        Assert.DoesNotContain(lines.All, l => l.StartsWith("Early stopping", StringComparison.Ordinal));
    }

    [Fact]
    public void AnEarlyStopTellsTheBestScoreAsTheOutputHasIt()
    {
        using var folder = new TemporaryFolder();
        using Solver solver = Prepare(
            $"max_iter: 100 snapshot_prefix: '{folder["s"]}' "
            + "early_stopping { output: 'score' higher_is_better: true patience: 4 }");

        Assert.True(solver.Solve());

        // 36 at the start, less until iteration 12.
        Assert.Equal(4, solver.Iteration);
        Assert.Equal(
            ["Early stopping at iteration 4", "Best score 36 at iteration 0", "Optimization Done."],
            lines.All.Where(l => l.Contains("Early", StringComparison.Ordinal)
                || l.StartsWith("Best", StringComparison.Ordinal) || l.EndsWith("Done.", StringComparison.Ordinal)));
    }

    [Fact]
    public void AFallOfTheRateIsTold()
    {
        using Solver solver = Prepare(
            "max_iter: 3 gamma: 0.5 stepvalue: 1",
            policy: "multistep");

        solver.Solve();

        Assert.Single(lines.All, l => l == "MultiStep Status: Iteration 1, step = 1");
    }

    private static double Number(Match match, string group) => double.Parse(
        match.Groups[group].Value, System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^Iteration \d+ \((?<rate>[^ ]+) iter/s, (?<seconds>[^s]+)s/")]
    private static partial Regex Speed();

    [GeneratedRegex(@"(?<=^Iteration [1-9]\d* )\([^ ]+ iter/s, [^s]+s/")]
    private static partial Regex Times();

    // Without what the building of the nets tells.
    private string[] Lines() =>
    [
        .. lines.All.SkipWhile(l => !l.StartsWith("Solver scaffolding", StringComparison.Ordinal))
            .Select(l => Times().Replace(l, "(? iter/s, ?s/")),
    ];

    private Solver Prepare(string more, string policy = "fixed") => Training.Prepare(
        Definition.Replace("\"fixed\"", $"\"{policy}\"", StringComparison.Ordinal) + " " + more, pool, log);
}
