using Cnn.Engine.Runs;
using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;

namespace Cnn.Tests.Engine.Solvers.Recording;

[Trait("Category", "Unit")]
public sealed class RunDescriptionTests : IDisposable
{
    private const string Net = """
        layer { name: "data" type: "DummyData" top: "x" top: "t" dummy_data_param {
          shape { dim: 4 dim: 3 } shape { dim: 4 dim: 2 } } }
        layer { name: "ip" type: "InnerProduct" bottom: "x" top: "a"
          inner_product_param { num_output: 2 bias_term: false }
          blobs { shape { dim: 2 dim: 3 } data: [1, 2, 3, 4, 5, 6] } }
        layer { name: "cost" type: "EuclideanLoss" bottom: "a" bottom: "t" top: "cost" }
        layer { name: "score" type: "DummyData" top: "score" dummy_data_param { shape { dim: 1 } } }
        """;

    private const string Other = Net + """layer { name: "more" type: "TanH" bottom: "score" top: "more" }""";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void LessIsBetterForLossesAndTheErrorThatStopsTheRun()
    {
        Assert.Equal(
            ["test/cost", "test1/cost", "test1/score", "train/cost", "train/data_wait"],
            LessIsBetter("early_stopping { test_net: 1 output: 'score' }"));
        Assert.Equal(
            ["test/cost", "test1/cost", "train/cost", "train/data_wait"],
            LessIsBetter("early_stopping { test_net: 1 output: 'score' higher_is_better: true }"));
    }

    [Fact]
    public void OnlyTestNetsOfTheirOwnAreKeptApart()
    {
        IReadOnlyDictionary<string, string> definitions = Record("", Net, Other).Definitions;

        Assert.Equal(
            ["solver.prototxt", "test1_net.prototxt", "train_net.prototxt"],
            definitions.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("\"more\"", definitions["test1_net.prototxt"], StringComparison.Ordinal);
        Assert.DoesNotContain("\"more\"", definitions["train_net.prototxt"], StringComparison.Ordinal);
    }

    [Fact]
    public void TheWeightsOfADefinitionAreNotPrinted()
    {
        using var pool = new WorkerPool(1);
        using Solver solver = Training.Prepare(Definition("", Net), pool, run: folder["run"]);

        string text = solver.RunWriter!.Snapshot().Definitions["train_net.prototxt"];
        Assert.Contains("\"ip\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("blobs", text, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3, 4, 5, 6], solver.TrainNet.FindLayer("ip").Parameters[0].Data.ToArray());
        Assert.NotEmpty(solver.TrainNet.Definition.Message.Layer.Single(l => l.Name == "ip").Blobs);
    }

    private static string Definition(string more, params string[] testNets) =>
        $"train_net_param {{ {Net} }} base_lr: 0.01 lr_policy: 'fixed' max_iter: 2 snapshot_after_train: false "
        + string.Concat(testNets.Select(n => $"test_net_param {{ {n} }} test_iter: 1 ")) + "test_interval: 2 " + more;

    private IEnumerable<string> LessIsBetter(string more) =>
        Record(more, Net, Net).Info.LessIsBetter.Order(StringComparer.Ordinal);

    private RunRecord Record(string more, params string[] testNets)
    {
        using var pool = new WorkerPool(1);
        string run = folder[Guid.NewGuid().ToString("N")];
        using Solver solver = Training.Prepare(Definition(more, testNets), pool, run: run);
        return solver.RunWriter!.Snapshot();
    }
}
