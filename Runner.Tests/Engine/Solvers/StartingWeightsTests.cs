using Cnn.Engine.Graph;
using Cnn.Engine.Solvers;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Solvers;

/// <summary>The weights that a run starts from, as a program and the command line set them.</summary>
[Trait("Category", "Unit")]
public sealed class StartingWeightsTests : IDisposable
{
    private const string Net = """
        layer { name: "d" type: "DummyData" top: "x" top: "t" dummy_data_param {
          shape { dim: 4 dim: 3 } shape { dim: 4 dim: 2 } } }
        layer { name: "ip" type: "InnerProduct" bottom: "x" top: "a" inner_product_param { num_output: 2
          weight_filler { type: "xavier" } } }
        layer { name: "loss" type: "EuclideanLoss" bottom: "a" bottom: "t" }
        """;

    private readonly TemporaryFolder folder = new();

    public StartingWeightsTests()
    {
        folder.Write("net.prototxt", Net);
        using Net source = Cnn.Engine.Graph.Net.Load(folder["net.prototxt"]);
        source.FindLayer("ip").Parameters[0].Data.Fill(7);
        source.SaveWeights(folder["w.caffemodel"]);
        source.FindLayer("ip").Parameters[0].Data.Fill(8);
        source.SaveWeights(folder["v.caffemodel"]);
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("weights: 'w.caffemodel'", 7)]
    [InlineData("weights: 'w.caffemodel' weights: 'v.caffemodel'", 8)]
    [InlineData("weights: 'v.caffemodel, w.caffemodel'", 7)]
    public void TheDefinitionNamesThemBesideItself(string fields, float expected)
    {
        using Solver solver = Solver.Load(Write(fields));

        Assert.Equal(expected, solver.TrainNet.FindLayer("ip").Parameters[0].Data[0]);
    }

    [Fact]
    public void TheOptionsGoBeforeTheDefinition()
    {
        using Solver solver = Solver.Load(
            Write("weights: 'w.caffemodel'"), new SolverOptions { Weights = [folder["v.caffemodel"]] });

        Assert.Equal(8, solver.TrainNet.FindLayer("ip").Parameters[0].Data[0]);
    }

    [Fact]
    public void NoneAtAllLeavesTheFillers()
    {
        using Solver solver = Solver.Load(Write("weights: 'w.caffemodel'"), new SolverOptions { Weights = [] });

        Assert.NotEqual(7, solver.TrainNet.FindLayer("ip").Parameters[0].Data[0]);
    }

    [Fact]
    public void TheyDoNotGoWithASnapshot()
    {
        using (Solver first = Solver.Load(Write("snapshot: 1")))
        {
            first.Solve();
        }

        var options =
            new SolverOptions { ResumeFrom = folder["s_iter_2.solverstate"], Weights = [folder["w.caffemodel"]] };
        var error = Assert.Throws<CnnException>(() => Solver.Load(Write(""), options));
        Assert.Contains("give one of them", error.Message, StringComparison.Ordinal);
    }

    private string Write(string fields) => folder.Write("solver.prototxt", $"""
        net: "net.prototxt" base_lr: 0.01 lr_policy: "fixed" max_iter: 2 random_seed: 1
        snapshot_prefix: "{folder["s"]}" {fields}
        """);
}
