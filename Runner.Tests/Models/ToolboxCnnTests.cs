using Cnn.Engine.Graph;
using Cnn.Proto;

namespace Cnn.Tests.Models;

/// <summary>The CNN example of the MATLAB toolbox.</summary>
[Trait("Category", "Unit")]
public sealed class ToolboxCnnTests : IDisposable
{
    private readonly ModelFolder model = new("toolbox-cnn");

    public void Dispose() => model.Dispose();

    [Theory]
    [InlineData("cnn_train_test.prototxt", Phase.Train, 20)]
    [InlineData("cnn_train_test.prototxt", Phase.Test, 20)]
    [InlineData("cnn.prototxt", Phase.Test, 1)]
    public void CountsAndShapesAreTheToolboxs(string file, Phase phase, int images)
    {
        Net net = model.Build(file, phase);
        Dictionary<string, int> counts = ModelFolder.Counts(net);
        Assert.Equal((156, 1_812, 1_930), (counts["conv1"], counts["conv2"], counts["output"]));
        Assert.Equal([images, 6, 12, 12], net.FindBlob("pool1").Shape.ToArray());
        Assert.Equal([images, 12, 4, 4], net.FindBlob("pool2").Shape.ToArray());
    }

    [Fact]
    public void TheLossIsHalfTheSquaredDistanceToTheOneHotTarget()
    {
        Net net = model.Build("cnn_train_test.prototxt", Phase.Test);
        double loss = net.Forward(), sum = 0;
        float[] output = net.FindBlob("output").Data.ToArray();
        for (int i = 0; i < output.Length; i++)
        {
            double target = i % 10 == (i / 10) % 10 ? 1 : 0;
            sum += Math.Pow(output[i] - target, 2);
        }

        Assert.Equal(sum / 2 / ModelFolder.Images, loss, 1e-5);
    }

    [Fact]
    public void StepsLowerTheLoss()
    {
        float[] losses = model.Train("solver.prototxt", 20);
        Assert.True(losses[^1] < 0.98 * losses[1] && losses[1] < losses[0], string.Join(' ', losses));
    }
}
