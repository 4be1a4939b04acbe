using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Tests.Runner.Commands;

namespace Cnn.Tests.Engine.Solvers;

/// <summary>Tests of nets that end in DetectionEvaluate.</summary>
[Trait("Category", "Unit")]
public sealed class DetectionTestTests : IDisposable
{
    // The same box as class 1 and as class 2 in each of two images, whatever digits they show.
    private const string Layers = """
        layer { name: "w" type: "Parameter" top: "w" parameter_param { shape { dim: 1 } } }
        layer { name: "loss" type: "Reduction" bottom: "w" top: "sum" loss_weight: 1 }
        layer { name: "priors" type: "DummyData" top: "priors" include { phase: TEST }
          dummy_data_param { shape { dim: 1 dim: 2 dim: 4 } data_filler { value: 0.1 } } }
        layer { name: "maps" type: "DummyData" top: "loc" top: "conf" include { phase: TEST }
          dummy_data_param { shape { dim: 2 dim: 4 } shape { dim: 2 dim: 3 }
            data_filler { value: 0 } data_filler { value: 0.5 } } }
        layer { name: "out" type: "DetectionOutput" bottom: "loc" bottom: "conf" bottom: "priors" top: "found"
          include { phase: TEST } detection_output_param { num_classes: 3 } }
        layer { name: "eval" type: "DetectionEvaluate" bottom: "found" bottom: "truth" top: "detection_eval"
          include { phase: TEST } detection_evaluate_param { num_classes: 3 overlap_threshold: 0 } }
        layer { name: "none" type: "Silence" bottom: "image" include { phase: TEST } }
        layer { name: "truth" type: "Digits" top: "image" top: "truth" include { phase: TEST } digits_param {
          batch_size: 2 seed: 2 canvas { height: 32 width: 32 min_size: 16 max_size: 16 max_digits: 1 } } }
        """;

    private readonly WorkerPool pool = new(1);
    private readonly TemporaryFolder folder = new();

    public void Dispose()
    {
        pool.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("")]
    [InlineData("eval_type: 'detection' ap_version: 'MaxIntegral' show_per_class_result: true")]
    public void TheScoreIsTheMeanOfTheClassesPrecisions(string fields)
    {
        var log = new StringWriter();
        using var to = Cnn.Runner.Reports.RunLog.Create(new Cnn.Runner.Reports.WriterSink(log), null, "test");
        using Solver solver = Training.Prepare($"{Definition()} {fields}", pool, to);
        TestScores? scores = null;
        solver.Tested += s => scores = s;
        Assert.True(solver.Solve());

        // A sum, a score; of the two classes that are not the background.
        Assert.Equal(["detection_eval", "sum"], scores!.Outputs.Select(o => o.Blob).Order());
        Assert.Equal([1, 2], scores.Precisions.Select(p => p.Label));
        double mean = scores.Precisions.Average(p => p.AveragePrecision);
        Assert.Equal(mean, scores.Outputs.Single(o => o.Blob == "detection_eval").Mean);
        Assert.Matches(@"Test net output #\d: detection_eval = [0-9.e-]+\n", log.ToString());
        Assert.Equal(fields.Length > 0, log.ToString().Contains("] class2: ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("eval_type: 'segmentation'", "unknown eval_type 'segmentation'")]
    [InlineData("ap_version: '12point'", "unknown ap_version '12point'")]
    public void WrongWordsAreLocated(string fields, string expected)
    {
        var exception = Assert.Throws<CnnException>(() => Training.Prepare($"{Definition()} {fields}", pool).Dispose());
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }

    [Fact]
    public void DetectionNeedsSuchALayer()
    {
        string definition = Definition().Replace("DetectionEvaluate", "Concat", StringComparison.Ordinal)
            .Replace("bottom: \"found\" bottom: \"truth\"", "bottom: \"loc\"", StringComparison.Ordinal);
        var exception = Assert.Throws<CnnException>(
            () => Training.Prepare($"{definition} eval_type: 'detection'", pool).Dispose());
        Assert.Contains(
            "eval_type is detection, but no output of test net #0 is of a DetectionEvaluate layer",
            exception.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void TheTestCommandPrintsEachClassAndTheMean()
    {
        string net = folder.Write("net.prototxt", Net()), weights = folder["w.caffemodel"];
        ProtoFile.Save(new NetParameter { Layer = { new LayerParameter { Name = "other", Type = "ReLU" } } }, weights);

        CommandLine run = CommandLine.Run("test", "--model", net, "--weights", weights, "--iterations", "3");

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Matches(@"(?m)^detection_eval of class 1 = [0-9.e-]+ \(\d+ objects\)$", run.Output);
        Assert.Matches(@"(?m)^detection_eval of class 2 = ", run.Output);
        Assert.Matches(@"(?m)^detection_eval = ", run.Output);
        Assert.Contains(
            "it must be Integral or MaxIntegral or 11point",
            CommandLine.Run("test", "--model", net, "--weights", weights, "--ap-version", "voc").Error,
            StringComparison.Ordinal);
    }

    // Their number differs from batch to batch, so that there is no mean.
    [Fact]
    public void DetectionsThemselvesHaveNoMeans()
    {
        using var run = new Solver(Parse(
            """
            layer { name: "w" type: "Parameter" top: "w" parameter_param { shape { dim: 1 } } }
            layer { name: "loss" type: "Reduction" bottom: "w" top: "sum" loss_weight: 1 }
            layer { name: "truth" type: "Digits" top: "image" top: "truth" include { phase: TEST } digits_param {
              batch_size: 2 seed: 2 canvas { max_digits: 4 } } }
            layer { name: "none" type: "Silence" bottom: "image" include { phase: TEST } }
            """), new SolverOptions { Pool = pool });
        var exception = Assert.Throws<CnnException>(() => run.Solve());
        Assert.Matches("output 'truth' of net '' has [0-9]+ values in one batch and [0-9]+ in another",
            exception.Message);
    }

    private static SolverDefinition Parse(string layers) => new(
        TextFormat.Parse<SolverParameter>(
            $"net_param {{ {layers} }} base_lr: 1 lr_policy: 'fixed' test_iter: 9 test_interval: 1 max_iter: 1 "
            + "snapshot_after_train: false",
            "solver.prototxt",
            new SourceMap()),
        new SourceMap());

    // The source comes before what reads it.
    private static string Net()
    {
        string[] lines = Layers.Split("layer {", StringSplitOptions.RemoveEmptyEntries);
        return string.Concat(lines[^1..].Concat(lines[..^1]).Select(l => "layer {" + l));
    }

    private static string Definition() =>
        $"net_param {{ {Net()} }} base_lr: 1 lr_policy: 'fixed' random_seed: 1 test_iter: 3 test_interval: 1 "
        + "max_iter: 1 snapshot_after_train: false";
}
