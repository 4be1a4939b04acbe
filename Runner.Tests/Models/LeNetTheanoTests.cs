using Cnn.Engine.Graph;
using Cnn.Engine.Solvers;
using Cnn.Proto;

namespace Cnn.Tests.Models;

/// <summary>The LeNet of the Theano tutorial.</summary>
[Trait("Category", "Unit")]
public sealed class LeNetTheanoTests : IDisposable
{
    private const string TrainTest = "lenet_train_test.prototxt";

    private readonly ModelFolder model = new("lenet-theano");

    public void Dispose() => model.Dispose();

    [Theory]
    [InlineData(Phase.Train, "")]
    [InlineData(Phase.Test, "validation")]
    [InlineData(Phase.Test, "test")]
    public void CountsAndShapesAreTheTutorials(Phase phase, string stage)
    {
        Net net = model.Build(TrainTest, phase, stage);
        Dictionary<string, int> counts = ModelFolder.Counts(net);
        Assert.Equal(
            (520, 25_050, 400_500, 5_010), (counts["conv1"], counts["conv2"], counts["hidden"], counts["regression"]));
        Assert.Equal(431_080, counts["all"]);
        Assert.Equal([ModelFolder.Images, 20, 12, 12], net.FindBlob("pool1").Shape.ToArray());
        Assert.Equal([ModelFolder.Images, 50, 4, 4], net.FindBlob("pool2").Shape.ToArray());
    }

    [Theory]
    [InlineData("conv1", 25, 20 * 25 / 4.0)]
    [InlineData("conv2", 500, 50 * 25 / 4.0)]
    [InlineData("hidden", 800, 500)]
    public void FirstWeightsLieWithinTheTutorialsBound(string layer, double fanIn, double fanOut)
    {
        Net net = model.Build("lenet.prototxt", Phase.Test);
        double bound = Math.Sqrt(6 / (fanIn + fanOut));
        float[] weights = net.FindLayer(layer)!.Layer.Blobs[0].Data.ToArray();
        Assert.InRange(weights.Max(), 0.99 * bound, bound * 1.00001);
        Assert.InRange(weights.Min(), -bound * 1.00001, -0.99 * bound);
        Assert.All(net.FindLayer("regression")!.Layer.Blobs[0].Data.ToArray(), weight => Assert.Equal(0, weight));
    }

    [Fact]
    public void TheDataAreSplitAsInTheTutorial()
    {
        (string, uint, uint, uint)[] parts =
        [
            .. model.Definition(TrainTest).Layer.Select(l => l.IdxDataParam).Where(p => p is not null)
                .Select(p => (p.Images, p.First, p.Count, p.BatchSize)),
        ];
        Assert.Equal(
            [
                ("mnist/train-images-idx3-ubyte.gz", 0, 50_000, 500),
                ("mnist/train-images-idx3-ubyte.gz", 50_000, 0, 500),
                ("mnist/t10k-images-idx3-ubyte.gz", 0, 0, 500),
            ],
            parts);
    }

    [Fact]
    public void EarlyStoppingIsTheTutorialsAndTheSolverBuilds()
    {
        SolverParameter definition = ProtoFile.LoadSolver(model.PathOf("solver.prototxt")).Message;
        EarlyStoppingParameter early = definition.EarlyStopping;
        Assert.Equal((10_000, 2f, 0.995f), (early.Patience, early.PatienceIncrease, early.ImprovementThreshold));
        Assert.Equal((0.1f, 100, 0f), (definition.BaseLr, definition.TestInterval, definition.Momentum));
        Solver solver = model.Prepare("solver.prototxt");
        Assert.Equal(2, solver.TestNets.Count);
    }

    [Fact]
    public void AFewStepsLowerTheLoss()
    {
        float[] losses = model.Train("solver.prototxt", 8);
        Assert.Equal(Math.Log(10), losses[0], 1e-3);
        Assert.True(losses[^1] < 0.7 * losses[0], string.Join(' ', losses));
    }
}
