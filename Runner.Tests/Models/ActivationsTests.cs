using Cnn.Engine.Graph;
using Cnn.Proto;

namespace Cnn.Tests.Models;

/// <summary>The nets that compare activations, poolings and fillers.</summary>
[Trait("Category", "Unit")]
public sealed class ActivationsTests : IDisposable
{
    private readonly ModelFolder model = new("activations");

    public void Dispose() => model.Dispose();

    [Theory]
    [InlineData("sigmoid", "Sigmoid")]
    [InlineData("tanh", "TanH")]
    [InlineData("relu", "ReLU")]
    [InlineData("leaky", "ReLU")]
    [InlineData("noisy", "NoisyReLU")]
    [InlineData("prelu", "PReLU")]
    [InlineData("elu", "ELU")]
    [InlineData("maxout", "Maxout")]
    public void EveryActivationBuildsWithAsManyUnitsAndLearns(string stage, string type)
    {
        foreach (Phase phase in new[] { Phase.Train, Phase.Test })
        {
            Net net = model.Build("net.prototxt", phase, stage);
            Assert.Equal(
                [type, type, type],
                net.Layers.Where(l => l.Name.StartsWith("act", StringComparison.Ordinal)).Select(l => l.Layer.Type));
            Assert.Equal([ModelFolder.Images, 8, 24, 24], net.FindBlob("act1").Shape.ToArray());
            Assert.Equal([ModelFolder.Images, 64], net.FindBlob("act3").Shape.ToArray());
        }

        float[] losses = model.Train("solver.prototxt", 16, s => s.TrainState = new NetState { Stage = { stage } });
        Assert.True(losses.Min() < losses[0], string.Join(' ', losses));
    }

    [Theory]
    [InlineData("", "Pooling", 208, 3_216, 16_448)]
    [InlineData("mean", "Pooling", 208, 3_216, 16_448)]
    [InlineData("histogram", "HistogramPooling", 208, 12_816, 65_600)]
    public void EveryPoolingBuilds(string stage, string type, int conv1, int conv2, int ip1)
    {
        Net net = model.Build("net.prototxt", Phase.Train, "tanh", stage);
        Dictionary<string, int> counts = ModelFolder.Counts(net);
        Assert.Equal((conv1, conv2, ip1, 650), (counts["conv1"], counts["conv2"], counts["ip1"], counts["ip2"]));
        Assert.Equal(type, net.FindLayer("pool1")!.Layer.Type);
        Assert.True(float.IsFinite(net.Forward()));
    }

    [Theory]
    [InlineData("depth4", 4)]
    [InlineData("depth8", 8)]
    [InlineData("depth16", 16)]
    public void TheTowerIsAsDeepAsItsStageSays(string stage, int depth)
    {
        foreach (Phase phase in new[] { Phase.Train, Phase.Test })
        {
            Net net = model.Build("tower.yaml", phase, stage);
            Assert.Equal(depth + 1, net.Layers.Count(l => l.Layer.Type == "InnerProduct"));
            Assert.Equal(
                (784 * 128) + 128 + (depth / 2 * ((128 * 32) + 32)) + (((depth / 2) - 1) * ((32 * 128) + 128)) + 330,
                ModelFolder.Counts(net)["all"]);
        }

        float[] losses = model.Train(
            "solver_tower.prototxt", 12, s => s.TrainState = new NetState { Stage = { stage } });
        Assert.True(losses[^1] < losses[0], string.Join(' ', losses));
    }
}
