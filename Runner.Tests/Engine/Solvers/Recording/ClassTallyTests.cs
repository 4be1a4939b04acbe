using Cnn.Engine.Graph;
using Cnn.Engine.Runs;
using Cnn.Engine.Solvers;
using Cnn.Engine.Solvers.Recording;
using Cnn.Layers;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Solvers.Recording;

[Trait("Category", "Unit")]
public class ClassTallyTests
{
    private const string Inputs = """
        layer { name: "data" type: "Input" top: "image" top: "scores" top: "label"
          input_param { shape { dim: 4 dim: 1 dim: 2 dim: 2 } shape { dim: 4 dim: 3 } shape { dim: 4 } } }
        """;

    private const string Accuracy = """
        layer { name: "accuracy" type: "Accuracy" bottom: "scores" bottom: "label" top: "accuracy" }
        """;

    [Fact]
    public void ImagesAreCountedByClassAndTheSurestMistakesComeFirst()
    {
        using Net net = Net.Build(NetDefinition.Parse(Inputs + Accuracy));
        ClassTally tally = ClassTally.Of(net)!;
        tally.Begin();
        Pass(net, tally, [2, 0, 0, 0, 1, 0, 5, 0, 0, 0, 3, 0], [0, 1, 1, 2]);

        ClassReport report = tally.Report(7);

        Assert.Equal(7, report.Iteration);
        Assert.Equal(["0", "1", "2"], report.Names);
        Assert.Equal([1, 0, 0], report.Counts[0]);
        Assert.Equal([1, 1, 0], report.Counts[1]);
        Assert.Equal([0, 1, 0], report.Counts[2]);
        Assert.Equal([(1, 0), (2, 1)], report.Worst.Select(m => (m.Label, m.Predicted)));
        Assert.Equal(Math.Exp(5) / (Math.Exp(5) + 2), report.Worst[0].Confidence, 1e-9);
        Assert.Equal((2, 2), (report.Worst[0].Image.Width, report.Worst[0].Image.Height));
        Assert.Equal([255, 170, 85, 0], Pictures.Decode(report.Worst[0].Image).Pixels.ToArray());
        Assert.Equal([0, 0, 0, 255], Pictures.Decode(report.Worst[1].Image).Pixels.ToArray());
    }

    [Fact]
    public void AnotherTestStartsFromNothing()
    {
        using Net net = Net.Build(NetDefinition.Parse(Inputs + Accuracy));
        ClassTally tally = ClassTally.Of(net)!;
        for (int test = 0; test < 2; test++)
        {
            tally.Begin();
            Pass(net, tally, [2, 0, 0, 0, 1, 0, 5, 0, 0, 0, 3, 0], [0, 1, 1, 2]);
        }

        ClassReport report = tally.Report(7);
        Assert.Equal(4, report.Counts.Sum(row => row.Sum()));
        Assert.Equal(2, report.Worst.Count);
    }

    [Fact]
    public void ScoresThatAddUpToOneAreProbabilities()
    {
        Assert.Equal(0.7, ClassTally.Probability([0.2f, 0.7f, 0.1f], 1), 1e-6);
        Assert.Equal(1 / (1 + Math.Exp(-2)), ClassTally.Probability([1, -1], 0), 1e-9);
        Assert.Equal(1, ClassTally.Probability([1000, -1000], 0));
        Assert.Equal(1, ClassTally.Probability([0, 1, 0], 1));
        Assert.Equal(1 / (1 + Math.Exp(-3)), ClassTally.Probability([2, -1], 0), 1e-9);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public void AnIgnoredLabelIsCountedNowhere(int ignored)
    {
        using Net net = Net.Build(NetDefinition.Parse(Inputs + FormattableString.Invariant($$"""
            layer { name: "accuracy" type: "Accuracy" bottom: "scores" bottom: "label" top: "accuracy"
              accuracy_param { ignore_label: {{ignored}} } }
            """)));
        ClassTally tally = ClassTally.Of(net)!;
        tally.Begin();
        Pass(net, tally, [2, 0, 0, 0, 1, 0, 5, 0, 0, 0, 3, 0], [0, ignored, ignored, 2]);

        ClassReport report = tally.Report(7);
        Assert.Equal([1, 0, 0, 0, 0, 0, 0, 1, 0], report.Counts.SelectMany(row => row));
        Assert.Equal(2, Assert.Single(report.Worst).Label);
    }

    [Theory]
    [InlineData("cat dog cow", "cat dog cow")]
    [InlineData("cat dog", "0 1 2")]
    public void TheDataNamesTheClassesIfTheyAreAsMany(string names, string expected)
    {
        using Net net = Painted(names.Split(' '));

        Assert.Equal(expected, string.Join(' ', ClassTally.Of(net)!.Report(0).Names));
    }

    // The pixel is red 5, green 2, blue 0; a picture has blue first.
    [Fact]
    public void AMistakeHasTheColoursOfItsImage()
    {
        using Net net = Painted([]);
        ClassTally tally = ClassTally.Of(net)!;
        tally.Begin();
        net.SetInput("scores", [1, 0, 0, 0, 1, 0]);
        net.SetInput("label", [0, 2]);
        net.Forward();
        tally.Add(0);

        ClassMistake mistake = Assert.Single(tally.Report(0).Worst);
        Assert.Equal([0, 102, 255], Pictures.Decode(mistake.Image).Pixels.ToArray());
    }

    [Fact]
    public void MarginsAreNoProbabilities()
    {
        using Net net = Net.Build(NetDefinition.Parse(
            Inputs + Accuracy
            + """layer { name: "loss" type: "HingeLoss" bottom: "scores" bottom: "label" top: "loss" }"""));
        ClassTally tally = ClassTally.Of(net)!;
        tally.Begin();
        Pass(net, tally, [2, 0, 0, 0, 1, 0, 5, 0, 0, 0, 3, 0], [0, 1, 1, 2]);

        Assert.Equal([double.NaN, double.NaN], tally.Report(0).Worst.Select(m => m.Confidence));
    }

    [Fact]
    public void OnlyTheSurestMistakesAreKept()
    {
        var worst = new WorstMistakes();
        for (int i = 0; i < 100; i++)
        {
            worst.Offer(new FoundMistake((i * 37 % 100) / 100.0, 0, i, 0, 1, 1, 1, 1), [i]);
        }

        IReadOnlyList<ClassMistake> kept = worst.ToList(isRedFirst: false, areProbable: true);
        Assert.Equal(
            Enumerable.Range(0, WorstMistakes.Most).Select(i => (99 - i) / 100.0), kept.Select(m => m.Confidence));
    }

    [Theory]
    [InlineData("""layer { name: "loss" type: "SoftmaxWithLoss" bottom: "scores" bottom: "label" }""", true)]
    [InlineData("""layer { name: "loss" type: "EuclideanLoss" bottom: "label" bottom: "label" }""", false)]
    [InlineData("""layer { name: "flat" type: "Flatten" bottom: "image" top: "flat" }""", false)]
    public void OnlyANetThatClassifiesIsLookedAt(string layer, bool isClassifier)
    {
        using Net net = Net.Build(NetDefinition.Parse(Inputs + layer));
        Assert.Equal(isClassifier, ClassTally.Of(net) is not null);
    }

    [Fact]
    public void ManyLabelsAnImageAreNoClasses()
    {
        using Net net = Net.Build(NetDefinition.Parse("""
            layer { name: "data" type: "Input" top: "scores" top: "label"
              input_param { shape { dim: 2 dim: 3 dim: 4 dim: 4 } shape { dim: 2 dim: 1 dim: 4 dim: 4 } } }
            layer { name: "loss" type: "SoftmaxWithLoss" bottom: "scores" bottom: "label" }
            """));
        Assert.Null(ClassTally.Of(net));
    }

    [Fact]
    public void TheLastAccuracyOfTheBestScoreIsTaken()
    {
        using Net net = Net.Build(NetDefinition.Parse("""
            layer { name: "data" type: "Input" top: "early" top: "late" top: "label"
              input_param { shape { dim: 4 dim: 9 } shape { dim: 4 dim: 8 } shape { dim: 4 } } }
            layer { name: "a" type: "Accuracy" bottom: "early" bottom: "label" top: "a" }
            layer { name: "b" type: "Accuracy" bottom: "late" bottom: "label" top: "b" }
            layer { name: "c" type: "Accuracy" bottom: "late" bottom: "label" top: "c" accuracy_param { top_k: 5 } }
            """));
        Assert.Equal(8, ClassSource.Find(net)!.Classes);
    }

    [Fact]
    public void ATestThatIsInterruptedReportsNothing()
    {
        using var folder = new TemporaryFolder();
        using var pool = new WorkerPool(1);
        using Solver solver = Training.Prepare(
            $"net_param {{ {SmallTraining.Net} }} base_lr: 0.01 lr_policy: 'fixed' random_seed: 3 test_iter: 2 "
            + "test_interval: 5 max_iter: 20 test_initialization: false snapshot_after_train: false",
            pool,
            run: folder["run"]);
        solver.Progressed += p =>
        {
            if (p.Iteration == 5)
            {
                solver.Control.RequestStop();
            }
        };

        Assert.False(solver.Solve());
        Assert.Null(solver.RunWriter!.Snapshot().Classes);

        Assert.True(solver.Solve());
        ClassReport report = solver.RunWriter!.Snapshot().Classes!;
        Assert.Equal((20, 16), (report.Iteration, report.Counts.Sum(row => row.Sum())));
    }

    private static Net Painted(string[] names)
    {
        var layers = new LayerRegistry();
        layers.Add("Painted", context => new PaintedLayer(context, names, [0, 0, 1, 5, 2, 0]));
        return Net.Build(
            NetDefinition.Parse("""
                layer { name: "image" type: "Painted" top: "image" }
                layer { name: "data" type: "Input" top: "scores" top: "label"
                  input_param { shape { dim: 2 dim: 3 } shape { dim: 2 } } }
                layer { name: "loss" type: "SoftmaxWithLoss" bottom: "scores" bottom: "label" }
                """),
            new NetOptions { Layers = layers });
    }

    private static void Pass(Net net, ClassTally tally, float[] scores, float[] labels)
    {
        net.SetInput("image", [0, 1, 2, 3, 0, 1, 2, 3, 3, 2, 1, 0, 0, 0, 0, 1]);
        net.SetInput("scores", scores);
        net.SetInput("label", labels);
        net.Forward();
        tally.Add(0);
    }
}
