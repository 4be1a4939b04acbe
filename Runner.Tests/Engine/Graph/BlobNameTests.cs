using Cnn.Engine.Graph;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Graph;

[Trait("Category", "Unit")]
public class BlobNameTests
{
    [Fact]
    public void TopsThatTheNetDoesNotNameAreCalledAutomaticAndAreNoOutputs()
    {
        using Net net = Net.Build(NetDefinition.Parse("""
            layer { name: "a" type: "Input" top: "a" input_param { shape { dim: 2 dim: 3 } } }
            layer { name: "b" type: "Input" top: "b" input_param { shape { dim: 2 dim: 3 } } }
            layer { name: "one" type: "EuclideanLoss" bottom: "a" bottom: "b" }
            layer { name: "two" type: "EuclideanLoss" bottom: "a" bottom: "b" loss_weight: 3 }
            """));
        net.FindInput("a").Data.Fill(2);

        Assert.Equal(6 + (3 * 6), net.Forward());
        Assert.Equal(["(automatic)"], net.FindLayer("one").TopNames);
        Assert.Equal(["(automatic)"], net.FindLayer("two").TopNames);
        Assert.Empty(net.Outputs);
        Assert.Equal(6, net.FindBlob("(automatic)").Data[0]);
    }

    [Fact]
    public void ABottomThatAnotherPhaseHasIsSaidToBeThere()
    {
        NetDefinition definition = NetDefinition.Parse(
            """
            layer { name: "d" type: "DummyData" top: "data" dummy_data_param { shape { dim: 1 dim: 2 } }
              include { phase: TRAIN } }
            layer { name: "r" type: "ReLU" bottom: "data" top: "y" }
            """,
            "net.prototxt");

        var error = Assert.Throws<CnnException>(() => Net.Build(definition));

        Assert.StartsWith("net.prototxt:3:", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            "bottom 'data' is written in TRAIN only, by layer 'd' (net.prototxt:1)", error.Message,
            StringComparison.Ordinal);
    }
}
