using Cnn.Engine.Graph;
using Cnn.Engine.Solvers;
using Cnn.Layers;
using Cnn.Proto;
using Serilog;
using Serilog.Core;

namespace Cnn.Tests.Engine.Graph;

/// <summary>If several layers have the same name, the k-th of one side is matched with the k-th of the other.</summary>
[Trait("Category", "Unit")]
public sealed class RepeatedNameTests : IDisposable
{
    private const string Layers = """
        layer { name: "d" type: "DummyData" top: "x" top: "t" dummy_data_param {
          shape { dim: 4 dim: 3 } shape { dim: 4 dim: 2 }
          data_filler { type: "constant" value: 1 } data_filler { type: "constant" value: 2 } } }
        layer { name: "ip" type: "InnerProduct" bottom: "x" top: "a" inner_product_param { num_output: 2
          weight_filler { type: "constant" value: 0.1 } } }
        layer { name: "ip" type: "InnerProduct" bottom: "x" top: "b" inner_product_param { num_output: 2
          weight_filler { type: "constant" value: 0.5 } } }
        layer { name: "s" type: "Eltwise" bottom: "a" bottom: "b" top: "c" }
        layer { name: "loss" type: "EuclideanLoss" bottom: "c" bottom: "t" top: "loss" }
        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ATestNetUsesTheParametersOfTheLayerOfTheSamePlace()
    {
        using Solver solver = Prepare("");
        var losses = new List<double>();
        solver.Tested += scores => losses.Add(scores.Loss);

        solver.Solve();

        Assert.Equal(4, solver.Iteration);
        float trained = solver.TrainNet.Forward();
        Assert.Equal(trained, (float)losses[^1]);
        Assert.True(losses[^1] < 0.1 * losses[0]);
    }

    [Fact]
    public void ASnapshotRestoresEachOfThem()
    {
        float[] whole, resumed;
        using (Solver solver = Prepare("snapshot: 2"))
        {
            solver.Solve();
            whole = Weights(solver.TrainNet);
        }

        using (Solver solver = Prepare("", folder["s_iter_2.solverstate"]))
        {
            Assert.NotEqual(whole, Weights(solver.TrainNet));
            solver.Solve();
            resumed = Weights(solver.TrainNet);
        }

        Assert.Equal(whole, resumed);
    }

    [Fact]
    public void OneOfTheFileGoesToTheFirstAndTheReportSaysSo()
    {
        using (Net one = Net.Build(NetDefinition.Parse("""
            layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 dim: 3 } } }
            layer { name: "ip" type: "InnerProduct" bottom: "x" top: "a" inner_product_param { num_output: 2
              weight_filler { type: "constant" value: 7 } } }
            """)))
        {
            one.SaveWeights(folder["one.caffemodel"]);
        }

        var log = new LogLines();
        using Logger logger = new LoggerConfiguration().WriteTo.Sink(log).CreateLogger();
        using Net net = Net.Build(
            NetDefinition.Parse(Layers), new NetOptions { Weights = [folder["one.caffemodel"]], Log = logger });

        Blob[] weights = [.. net.Layers.Where(l => l.Name == "ip").Select(l => l.Parameters[0])];
        Assert.Equal([7, 0.5f], weights.Select(w => w.Data[0]));
        Assert.Single(log.All, line => line.Contains("from " + folder["one.caffemodel"], StringComparison.Ordinal)
            && !line.Contains("Finetuning", StringComparison.Ordinal));
        Assert.Contains(
            log.All, line => line.Contains("several layers with parameters are called 'ip'", StringComparison.Ordinal));
    }

    [Fact]
    public void ALayerWithoutParametersOfTheNameIsInNobodysWay()
    {
        const string Net = """
            layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 dim: 3 } } }
            layer { name: "one" type: "InnerProduct" bottom: "x" top: "a" inner_product_param { num_output: 2
              weight_filler { type: "xavier" } } }
            layer { name: "one" type: "ReLU" bottom: "a" top: "a" }
            """;
        using Net source = Cnn.Engine.Graph.Net.Build(NetDefinition.Parse(Net), new NetOptions { Seed = 5 });
        source.SaveWeights(folder["w.caffemodel"]);

        using Net net = Cnn.Engine.Graph.Net.Build(
            NetDefinition.Parse(Net), new NetOptions { Weights = [folder["w.caffemodel"]], WeightsAreStrict = true });

        Assert.Equal(Weights(source), Weights(net));
    }

    private static float[] Weights(Net net) => [.. net.Learnable.SelectMany(p => p.Blob.Data.ToArray())];

    private Solver Prepare(string more, string? resumeFrom = null)
    {
        folder.Write("net.prototxt", Layers);
        string path = folder.Write("solver.prototxt", $"""
            net: "{folder["net.prototxt"]}" base_lr: 0.05 lr_policy: "fixed" test_iter: 1 test_interval: 4 max_iter: 4
            random_seed: 1 snapshot_after_train: false snapshot_prefix: "{folder["s"]}" {more}
            """);
        return Solver.Load(path, new SolverOptions { ResumeFrom = resumeFrom });
    }
}
