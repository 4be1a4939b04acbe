using Cnn.Engine.Graph;
using Cnn.Engine.Solvers;
using Cnn.Proto;

namespace Cnn.Tests.Models;

/// <summary>Convolution kernels that are initialised from an autoencoder.</summary>
[Trait("Category", "Unit")]
public sealed class AutoencoderInitTests : IDisposable
{
    private readonly ModelFolder model = new("autoencoder-init");

    public void Dispose() => model.Dispose();

    [Theory]
    [InlineData(Phase.Train)]
    [InlineData(Phase.Test)]
    public void TheAutoencoderDrawsImagesOfTheSizeThatItSees(Phase phase)
    {
        Net net = model.Build("autoencoder.prototxt", phase);
        Assert.Equal([ModelFolder.Images, 20, 12, 12], net.FindBlob("pool1").Shape.ToArray());
        Assert.Equal([ModelFolder.Images, 1, 28, 28], net.FindBlob("decode").Shape.ToArray());
        Assert.Equal((520, 721), (ModelFolder.Counts(net)["conv1"], ModelFolder.Counts(net)["decode"]));
        Assert.Equal(431_080, ModelFolder.Counts(model.Build("lenet.prototxt", phase))["all"]);
    }

    [Fact]
    public void ItsFiltersAreThoseThatLeNetStartsFrom()
    {
        Solver autoencoder = model.Prepare("solver_autoencoder.prototxt", Quiet),
            lenet = model.Prepare("solver_lenet.prototxt", Quiet);
        float[] losses = new float[6];
        autoencoder.Progressed += progress => losses[progress.Iteration - 1] = progress.IterationLoss;
        for (int i = 0; i < losses.Length; i++)
        {
            autoencoder.Step();
        }

        Assert.True(losses[^1] < losses[0], string.Join(' ', losses));
        string state = autoencoder.WriteSnapshot();
        lenet.TrainNet.CopyWeightsFrom(Path.ChangeExtension(state, "caffemodel"));
        for (int blob = 0; blob < 2; blob++)
        {
            Assert.Equal(
                autoencoder.TrainNet.FindLayer("conv1")!.Layer.Blobs[blob].Data.ToArray(),
                lenet.TrainNet.FindLayer("conv1")!.Layer.Blobs[blob].Data.ToArray());
        }
    }

    [Fact]
    public void AFewStepsOfLeNetLowerItsLoss()
    {
        float[] losses = model.Train("solver_lenet.prototxt", 8);
        Assert.True(losses[^1] < losses[0], string.Join(' ', losses));
    }

    private static void Quiet(SolverParameter solver)
    {
        solver.TestInterval = 0;
        solver.TestIter.Clear();
    }
}
