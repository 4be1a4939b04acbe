using Cnn.Engine.Graph;
using Cnn.Proto;
using Cnn.Tests.Runner.Commands;

namespace Cnn.Tests.Engine.Graph;

/// <summary>
/// With force_backward, every layer that leads to a loss or an output and has a gradient runs backward.
/// </summary>
[Trait("Category", "Unit")]
public sealed class ForceBackwardTests : IDisposable
{
    private const string Inputs = """
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 3 dim: 4 } } }
        layer { name: "l" type: "Input" top: "l" input_param { shape { dim: 3 } } }
        layer { name: "ip" type: "InnerProduct" bottom: "x" top: "z" inner_product_param { num_output: 4
          weight_filler { type: "xavier" } } }
        """;

    private const string Loss = """layer { name: "s" type: "SoftmaxWithLoss" bottom: "z" bottom: "l" top: "loss" }""";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("""layer { name: "a" type: "Accuracy" bottom: "z" bottom: "l" top: "acc" }""")]
    [InlineData("""layer { name: "a" type: "ArgMax" bottom: "z" top: "best" }""")]
    [InlineData("""
        layer { name: "a" type: "ArgMax" bottom: "z" top: "best" }
        layer { name: "p" type: "Power" bottom: "best" top: "two" power_param { scale: 2 } }
        """)]
    [InlineData("""layer { name: "a" type: "Threshold" bottom: "z" top: "above" }""")]
    [InlineData("""
        layer { name: "rows" type: "Input" top: "rows" input_param { shape { dim: 2 } } }
        layer { name: "a" type: "BatchReindex" bottom: "z" bottom: "rows" top: "some" }
        """)]
    public void WhatHasNoGradientIsLeftOutAndChangesNone(string beside)
    {
        using Net plain = Build(Inputs + Loss), with = Build(Inputs + Loss + beside);
        Run(plain);
        Run(with);

        Assert.Equal(plain.FindInput("x").Diff.ToArray(), with.FindInput("x").Diff.ToArray());
        Assert.Contains(plain.FindInput("x").Diff.ToArray(), d => d != 0);
    }

    [Fact]
    public void TheGradientOfAnOutputThatIsNoLossFlowsDown()
    {
        using Net net = Build(
            Inputs + """layer { name: "p" type: "Power" bottom: "z" top: "y" power_param { scale: 2 } }""");
        Fill(net);
        net.Forward();
        net.SetOutputDiff("y", [.. Enumerable.Repeat(1f, 12)]);
        net.Backward();

        Assert.Equal(2, net.FindBlob("z").Diff[0]);
        Assert.NotEqual(0, net.FindInput("x").Diff[0]);
    }

    [Fact]
    public void AGradientGivenForAnInnerBlobIsRefused()
    {
        using Net net = Build(Inputs + Loss);
        Fill(net);
        net.Forward();

        var error = Assert.Throws<CnnException>(() => net.SetOutputDiff("z", new float[12]));
        Assert.Contains("'z' is no output", error.Message, StringComparison.Ordinal);
        Assert.Contains("loss", error.Diagnostics[0].Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void AGradientGivenForAnOutputWithoutGradientIsRefused()
    {
        using Net net = Build(
            Inputs + Loss + """layer { name: "a" type: "Accuracy" bottom: "z" bottom: "l" top: "acc" }""");
        Fill(net);
        net.Forward();

        var error = Assert.Throws<CnnException>(() => net.SetOutputDiff("acc", [1]));
        Assert.Contains("no gradient flows back from output 'acc'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheCommandGivesTheGradientsOfANetWithAccuracy()
    {
        string path = folder.Write(
            "net.prototxt",
            Inputs + Loss + """layer { name: "a" type: "Accuracy" bottom: "z" bottom: "l" top: "acc" }""");

        CommandLine run = CommandLine.Run("forward", "--model", path, "--backward", "--all-blobs", folder["a.h5"]);

        Assert.Equal((0, true), (run.ExitCode, File.Exists(folder["a.h5"])));
    }

    private static Net Build(string layers) =>
        Net.Build(NetDefinition.Parse(layers), new NetOptions { ForceBackward = true });

    private static void Run(Net net)
    {
        Fill(net);
        net.Forward();
        net.Backward();
    }

    private static void Fill(Net net)
    {
        for (int i = 0; i < 12; i++)
        {
            net.FindInput("x").Data[i] = (i % 5) - 2;
        }
    }
}
