using Cnn.Engine.Graph;
using Cnn.Proto;

namespace Cnn.Tests.Models;

/// <summary>The deep autoencoder that came with Caffe.</summary>
[Trait("Category", "Unit")]
public sealed class MnistAutoencoderTests : IDisposable
{
    private readonly ModelFolder model = new("mnist-autoencoder");

    public void Dispose() => model.Dispose();

    [Theory]
    [InlineData(Phase.Train, "")]
    [InlineData(Phase.Test, "test-on-train")]
    [InlineData(Phase.Test, "test-on-test")]
    public void TheLayersNarrowTo30AndWidenAgain(Phase phase, string stage)
    {
        Net net = model.Build("autoencoder.prototxt", phase, stage);
        int[] widths = [.. net.Layers.Where(l => l.Layer.Type == "InnerProduct").Select(l => l.Tops[0].Dim(1))];
        Assert.Equal([1000, 500, 250, 30, 250, 500, 1000, 784], widths);
        Assert.Equal(2_837_314, ModelFolder.Counts(net)["all"]);
    }

    [Fact]
    public void OnAverageAnInputStartsWithFifteenWeights()
    {
        Net net = model.Build("autoencoder.prototxt", Phase.Train);
        float[] weights = net.FindLayer("encode1")!.Layer.Blobs[0].Data.ToArray();
        Assert.InRange(weights.Count(w => w != 0) / 784.0, 14.5, 15.5);
    }

    [Fact]
    public void AFewStepsLowerTheLoss()
    {
        float[] losses = model.Train("solver.prototxt", 6);
        Assert.True(losses[^1] < 0.9 * losses[0], string.Join(' ', losses));
    }
}
