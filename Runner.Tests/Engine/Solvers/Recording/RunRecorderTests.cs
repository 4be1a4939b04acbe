using Cnn.Engine.Runs;
using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Solvers.Recording;

[Trait("Category", "Unit")]
public sealed class RunRecorderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Run => folder["run"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void TheFiguresAreThoseOfTheRun()
    {
        using var pool = new WorkerPool(2);
        using Solver solver = Training.Prepare(Definition("max_iter: 30 average_loss: 4"), pool, run: Run);
        var losses = new List<double>();
        var smoothed = new List<double>();
        var tests = new List<TestScores>();
        solver.Progressed += p => losses.Add(p.IterationLoss);
        solver.Progressed += p => smoothed.Add(p.Loss);
        solver.Tested += tests.Add;

        Assert.True(solver.Solve());

        RunRecord record = solver.RunWriter!.Snapshot();
        Assert.Equal(losses, Values(record, "train/loss"));
        Assert.Equal(smoothed, Values(record, "train/smoothed_loss"));
        Assert.Equal(30, Values(record, "train/learning_rate").Length);
        Assert.All(Values(record, "train/images_per_second"), v => Assert.InRange(v, 1, 1e9));
        Assert.All(Values(record, "train/data_wait"), v => Assert.InRange(v, 0, 1));
        Assert.True(record.TryFind("test/accuracy", out RunCurve? accuracy));
        Assert.Equal(
            tests.Select(t => (long)t.Iteration), accuracy.Points.Select(p => p.Iteration));
        Assert.Equal(
            tests.Select(t => t.Outputs.Single(o => o.Blob == "accuracy").Mean), accuracy.Points.Select(p => p.Value));
        Assert.Equal((RunState.Completed, 30), (record.State, record.Iteration));
    }

    [Fact]
    public void TheLossOfATrainingNetWithOneLossIsNotWrittenTwice()
    {
        using var pool = new WorkerPool(1);
        string other = SmallTraining.Net.Replace("top: \"loss\"", "top: \"cross\"", StringComparison.Ordinal);
        using Solver solver = Training.Prepare(
            Definition("max_iter: 2").Replace(SmallTraining.Net, other, StringComparison.Ordinal), pool, run: Run);
        solver.Solve();

        Assert.DoesNotContain(solver.RunWriter!.Snapshot().Curves, c => c.Name == "train/cross");
    }

    [Fact]
    public void OutputsOfTrainingAndOfTestsHaveAFigureForEachOfUpToTwentyValues()
    {
        const string More = """
            layer { name: "more" type: "DummyData" top: "few" top: "many" dummy_data_param {
              shape { dim: 20 } shape { dim: 21 } data_filler { value: 2.5 } } }
            """;
        using var pool = new WorkerPool(1);
        using Solver solver = Training.Prepare(
            Definition("max_iter: 2").Replace(SmallTraining.Net, SmallTraining.Net + More, StringComparison.Ordinal),
            pool,
            run: Run);
        solver.Solve();

        RunRecord record = solver.RunWriter!.Snapshot();
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal([2.5, 2.5], Values(record, FormattableString.Invariant($"train/few.{i}")));
            Assert.Equal([2.5], Values(record, FormattableString.Invariant($"test/few.{i}")));
        }

        Assert.DoesNotContain(record.Curves, c => c.Name.Contains("many", StringComparison.Ordinal));
    }

    [Fact]
    public void FiguresComeAsOftenAsTheSolverSays()
    {
        using var pool = new WorkerPool(1);
        using Solver solver = Training.Prepare(Definition("max_iter: 12 run_interval: 5"), pool, run: Run);
        solver.Solve();

        Assert.True(solver.RunWriter!.Snapshot().TryFind("train/loss", out RunCurve? loss));
        Assert.Equal([0, 5, 10, 11], loss.Points.Select(p => p.Iteration));
    }

    [Fact]
    public void HistogramsFiltersSamplesAndTimesAreThere()
    {
        using var pool = new WorkerPool(2);
        using Solver solver = Training.Prepare(Definition("max_iter: 12 run_histograms: 6"), pool, run: Run);
        solver.Solve();
        RunRecord record = solver.RunWriter!.Snapshot();

        Assert.Equal(
            ["conv1.0", "conv1.1", "ip1.0", "ip1.1", "ip2.0", "ip2.1"],
            record.HistogramSeries.Where(h => h.Name.StartsWith("weights/", StringComparison.Ordinal))
                .Select(h => h.Name[8..]));
        RunSeries<RunHistogram> weights = record.HistogramSeries.Single(h => h.Name == "weights/conv1.0");
        Assert.Equal([0, 6, 11], weights.Items.Select(i => i.Iteration));
        Assert.All(weights.Items, i => Assert.Equal(100, i.Value.Counts.Sum()));
        RunSeries<RunHistogram> gradients = record.HistogramSeries.Single(h => h.Name == "gradients/conv1.0");
        Assert.All(gradients.Items, i => Assert.NotEqual(0, i.Value.SumOfSquares));
        Assert.Equal(["samples/data", "filters/conv1"], record.ImageSeries.Select(i => i.Name));
        Assert.All(
            record.ImageSeries.SelectMany(s => s.Items),
            i => Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], i.Value.Png.Span[..4].ToArray()));
        Assert.Contains(
            record.LayerTimes, t => t is { Layer: "conv1", Type: "Convolution", Forward: > 0, Backward: > 0 });
        Assert.Equal(
            solver.TrainNet.Layers.Where(l => !l.IsFolded).Select(l => l.Name), record.LayerTimes.Select(t => t.Layer));
    }

    [Fact]
    public void TheSettingsAreTheFieldsOfTheSolver()
    {
        using var pool = new WorkerPool(1);
        using Solver solver = Training.Prepare(
            Definition(
                "max_iter: 1 stepvalue: 3 stepvalue: 5 snapshot_format: HDF5 solver_mode: CPU "
                + "test_initialization: false early_stopping { output: 'loss' patience: 40 }"),
            pool,
            run: Run);

        RunInfo info = solver.RunWriter!.Snapshot().Info;
        var settings = info.Settings.ToDictionary(s => s.Name, s => s.Value);
        Assert.Equal("0.01", settings["base_lr"]);
        Assert.Equal("3, 5", settings["stepvalue"]);
        Assert.Equal("HDF5", settings["snapshot_format"]);
        Assert.Equal("false", settings["test_initialization"]);
        Assert.Equal("40", settings["early_stopping.patience"]);
        Assert.Equal("8", settings["batch_size"]);
        Assert.DoesNotContain("net_param", settings.Keys);
        Assert.True(info.IsLessBetter("test/loss"));
        Assert.False(info.IsLessBetter("test/accuracy"));
        Assert.Equal(("Small", 3L, 1L), (info.Net, info.Seed!.Value, info.MaxIterations));
        Assert.Contains("1 thread,", info.Machine, StringComparison.Ordinal);
    }

    [Fact]
    public void TheDefinitionsAreKept()
    {
        using var pool = new WorkerPool(1);
        using Solver solver = Training.Prepare(Definition("max_iter: 1"), pool, run: Run);

        IReadOnlyDictionary<string, string> definitions = solver.RunWriter!.Snapshot().Definitions;
        Assert.Contains("base_lr: 0.01", definitions["solver.prototxt"], StringComparison.Ordinal);
        Assert.Contains("name: \"conv1\"", definitions["train_net.prototxt"], StringComparison.Ordinal);
    }

    [Fact]
    public void AStoppedRunSaysSoAndGoesOn()
    {
        using var pool = new WorkerPool(1);
        using Solver solver = Training.Prepare(Definition("max_iter: 20"), pool, run: Run);
        solver.Progressed += p =>
        {
            if (p.Iteration == 7)
            {
                solver.Control.RequestStop();
            }
        };

        Assert.False(solver.Solve());
        RunRecord stopped = solver.RunWriter!.Snapshot();
        Assert.Equal((RunState.Stopped, 7), (stopped.State, stopped.Iteration));

        Assert.True(solver.Solve());
        RunRecord completed = solver.RunWriter!.Snapshot();
        Assert.Equal((RunState.Completed, 20), (completed.State, completed.Iteration));
        Assert.Equal(20, Values(completed, "train/loss").Length);
    }

    [Fact]
    public void ARunThatFailsSaysWhy()
    {
        using var pool = new WorkerPool(1);
        using Solver solver = Training.Prepare(
            Definition("max_iter: 50").Replace("base_lr: 0.01", "base_lr: 1e30", StringComparison.Ordinal),
            pool,
            run: Run);

        var error = Assert.Throws<TrainingException>(() => solver.Solve());

        RunRecord record = solver.RunWriter!.Snapshot();
        Assert.Equal((RunState.Failed, error.Message), (record.State, record.Failure));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void ARecordedRunComputesTheSameBits(int threads)
    {
        using var pool = new WorkerPool(threads);
        string definition = Definition("max_iter: 25 test_interval: 10 average_loss: 3");
        using Solver plain = Training.Prepare(definition, pool);
        using Solver recorded = Training.Prepare(definition + " run_histograms: 4", pool, run: Run);
        plain.Solve();
        recorded.Solve();

        Assert.Equal(Training.Weights(plain), Training.Weights(recorded));
    }

    [Fact]
    public void AResumedRunGoesOnInItsFolder()
    {
        using var pool = new WorkerPool(1);
        string definition = Definition("max_iter: 20");
        string state;
        using (Solver first = Training.Prepare(definition, pool, run: Run))
        {
            while (first.Iteration < 8)
            {
                first.Step();
            }

            state = first.WriteSnapshot();
            first.Step();
        }

        using Solver resumed = Training.Prepare(definition, pool, resumeFrom: state, run: Run);
        resumed.Solve();
        RunRecord record = resumed.RunWriter!.Snapshot();

        Assert.True(record.TryFind("train/loss", out RunCurve? loss));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => (long)i), loss.Points.Select(p => p.Iteration));
    }

    [Fact]
    public void TheSolverFileNamesTheFolderToo()
    {
        using var pool = new WorkerPool(1);
        string definition = Definition($"max_iter: 1 run: '{Run.Replace('\\', '/')}'");
        using Solver named = Training.Prepare(definition, pool);
        using Solver none = Training.Prepare(definition, pool, run: "");

        Assert.Equal(Run.Replace('\\', '/'), named.RunWriter!.Folder);
        Assert.Null(none.RunWriter);
    }

    [Theory]
    [InlineData("run_interval: -1", "run_interval is -1")]
    [InlineData("run_histograms: -2", "run_histograms is -2")]
    [InlineData("snapshot_keep: -3", "snapshot_keep is -3")]
    public void ANegativeNumberIsLocated(string field, string expected)
    {
        using var pool = new WorkerPool(1);
        var error = Assert.Throws<CnnException>(() => Training.Prepare(Definition("max_iter: 1 " + field), pool));
        Assert.StartsWith("solver.prototxt:", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected + "; it must be 0 or more", error.Message, StringComparison.Ordinal);
    }

    // The layers differ, so that they are not folded.
    [Fact]
    public void ANetThatTakesLongToDrawIsTrainedWithoutADrawing()
    {
        using var pool = new WorkerPool(1);
        string[] chain =
        [
            .. Enumerable.Range(0, 700).Select(i =>
                $"layer {{ name: 'long{i}' type: 'InnerProduct' bottom: '{(i == 0 ? "pool1" : $"long{i - 1}")}' "
                + $"top: 'long{i}' inner_product_param {{ num_output: {1 + i} }} }}"),
        ];
        string net = SmallTraining.Net.Replace(
            "layer { name: \"ip1\" type: \"InnerProduct\" bottom: \"pool1\"",
            $"{string.Concat(chain)} layer {{ name: \"ip1\" type: \"InnerProduct\" bottom: \"long699\"",
            StringComparison.Ordinal);
        using Solver solver = Training.Prepare(
            Definition("max_iter: 1").Replace(SmallTraining.Net, net, StringComparison.Ordinal), pool, run: Run);

        Assert.True(solver.Solve());

        Assert.Equal("", solver.RunWriter!.Snapshot().NetSvg);
        Assert.False(File.Exists(Path.Combine(Run, "net.svg")));
    }

    private static double[] Values(RunRecord record, string curve) =>
        record.TryFind(curve, out RunCurve? found) ? [.. found.Points.Select(p => p.Value)] : [];

    private string Definition(string more) =>
        $"net_param {{ {SmallTraining.Net} }} base_lr: 0.01 lr_policy: 'fixed' momentum: 0.9 random_seed: 3 "
        + $"test_iter: 2 {(more.Contains("test_interval", StringComparison.Ordinal) ? "" : "test_interval: 10 ")}"
        + $"snapshot_after_train: false snapshot_prefix: '{folder["snap"].Replace('\\', '/')}' {more}";
}
