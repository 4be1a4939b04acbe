using Cnn.Engine.Graph;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Graph;

[Trait("Category", "Unit")]
public class FrozenStatisticsTests
{
    // As in Caffe, where the net's definition decides on the backward pass and the layer itself on the rates.
    [Fact]
    public void BatchNormRunsBackwardButNothingOfItIsLearned()
    {
        using var pool = new WorkerPool(1);
        var definition = TextFormat.Parse<NetParameter>(
            """
            layer { name: 'data' type: 'Input' top: 'data' input_param { shape { dim: 4 dim: 2 } } }
            layer { name: 'norm' type: 'BatchNorm' bottom: 'data' top: 'norm' }
            layer { name: 'loss' type: 'EuclideanLoss' bottom: 'norm' bottom: 'data' top: 'loss' }
            """,
            "net.prototxt");
        Net net = Net.Build(new NetDefinition(definition), new NetOptions { Phase = Phase.Train, Pool = pool });
        Assert.Equal(3, net.Learnable.Count);
        Assert.All(net.Learnable, parameter => Assert.Equal(0, parameter.LearningRateMultiplier));
        Assert.True(net.Layers.Single(layer => layer.Name == "norm").NeedsBackward);
    }
}
