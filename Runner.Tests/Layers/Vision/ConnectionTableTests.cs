using Cnn.Proto;

namespace Cnn.Tests.Layers.Vision;

public class ConnectionTableTests
{
    private const string Uniform =
        "weight_filler { type: 'uniform' min: -1 max: 1 } bias_filler { type: 'uniform' min: -1 max: 1 }";
    private const string Four = "num_output: 4 connections { input: 0 input: 2 } connections { input: 1 } "
        + "connections { input: 0 input: 1 input: 2 } connections { input: 2 } ";

    // One connection in nine: these are computed one by one.
    private const string Few = "num_output: 4 connections { input: 8 } connections { input: 1 } "
        + "connections { input: 0 } connections { input: 1 } ";

    // Table I of LeCun et al. 1998: six maps of three neighbours, six of four, three of four with a gap, one of all.
    private static readonly int[][] LeNet5 =
    [
        [0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5], [0, 4, 5], [0, 1, 5], [0, 1, 2, 3], [1, 2, 3, 4], [2, 3, 4, 5],
        [0, 3, 4, 5], [0, 1, 4, 5], [0, 1, 2, 5], [0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5], [0, 1, 2, 3, 4, 5],
    ];

    public static TheoryData<string, int[]> Cases => new()
    {
        { Four + "kernel_size: 3", [2, 3, 5, 4] },
        { Four + "kernel_size: 2 stride: 2 pad: 1", [1, 3, 4, 5] },
        { Four + "kernel_h: 1 kernel_w: 3 dilation: 2 bias_term: false", [2, 3, 2, 40] },
        { Four + "kernel_size: 3 pad: 3", [1, 3, 6] },
        { Four + "kernel_size: 2", [2, 3, 3, 2, 4] },
        { Few + "kernel_size: 3", [2, 9, 5, 4] },
        { Few + "kernel_size: 2 stride: 2 pad: 1", [1, 9, 4, 5] },
        { Few + "kernel_h: 1 kernel_w: 3 dilation: 2 bias_term: false", [2, 9, 2, 7] },
        { Few + "kernel_size: 3 pad: 3", [1, 9, 6] },
        { Few + "kernel_size: 2", [2, 9, 3, 2, 4] },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    [Trait("Category", "Kernel")]
    [Trait("Category", "Gradient")]
    public void TheGradientsAreThoseOfTheFunction(string options, int[] shape)
    {
        using LayerHarness harness = Make(options, shape);
        new GradientChecker { Step = 0.05f }.Check(harness);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    [Trait("Category", "Kernel")]
    public void ItIsAConvolutionWhoseOtherWeightsAreZero(string options, int[] shape)
    {
        using LayerHarness table = Make(options, shape);
        using LayerHarness dense = Make(
            options[options.IndexOf("kernel", StringComparison.Ordinal)..] + " num_output: 4", shape);
        int taps = table.Layer.Blobs[0].CountOf(1);
        Assert.Equal(shape[1] == 3 ? 7 : 4, table.Layer.Blobs[0].Dim(0));
        dense.Layer.Blobs[0].Data.Clear();
        int connection = 0;
        foreach (var (entry, output) in table.Layer.Parameter.ConvolutionParam.Connections.Select((c, i) => (c, i)))
        {
            foreach (uint input in entry.Input)
            {
                table.Layer.Blobs[0].Data.Slice(connection++ * taps, taps)
                    .CopyTo(dense.Layer.Blobs[0].Data[(((output * shape[1]) + (int)input) * taps)..]);
            }
        }

        if (table.Layer.Blobs.Count > 1)
        {
            table.Layer.Blobs[1].Data.CopyTo(dense.Layer.Blobs[1].Data);
        }

        foreach (LayerHarness harness in (LayerHarness[])[table, dense])
        {
            harness.Forward();
            LayerHarness.Fill(harness.Tops[0].Diff, 6);
            harness.Backward();
        }

        Assert.Equal(dense.Tops[0].Shape.ToArray(), table.Tops[0].Shape.ToArray());
        Assert.All(dense.Top.Zip(table.Top), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        Assert.All(
            dense.Bottoms[0].Diff.ToArray().Zip(table.Bottoms[0].Diff.ToArray()), pair =>
                Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void LeNet5sThirdLayerHas1516TrainableParameters()
    {
        string entries = string.Concat(
            LeNet5.Select(e => $"connections {{ {string.Concat(e.Select(i => $"input: {i} "))}}} "));
        using LayerHarness harness = Make("num_output: 16 kernel_size: 5 " + entries, [1, 6, 14, 14]);
        Assert.Equal([60, 5, 5], harness.Layer.Blobs[0].Shape.ToArray());
        Assert.Equal(1516, harness.Layer.Blobs.Sum(b => b.Count));
        Assert.Equal([1, 16, 10, 10], harness.Tops[0].Shape.ToArray());
    }

    // Four output maps with 7 connections of 2 x 50 weights: 175 to each, of three input maps 233.3 from each.
    [Theory]
    [InlineData("", 175)]
    [InlineData("variance_norm: FAN_OUT", 700.0 / 3)]
    [Trait("Category", "Unit")]
    public void FillersSeeTheMeanNumberOfConnections(string norm, double fan)
    {
        using var harness = new LayerHarness(
            $"type: 'Convolution' convolution_param {{ {Four} kernel_h: 2 kernel_w: 50 "
            + $"weight_filler {{ type: 'xavier' {norm} }} }}",
            [[1, 3, 2, 50]]);
        double bound = Math.Sqrt(3 / fan), greatest = harness.Layer.Blobs[0].Data.ToArray().Max();
        Assert.InRange(greatest, 0.97 * bound, bound * 1.000001);
    }

    [Fact]
    [Trait("Category", "Kernel")]
    public void TheResultDoesNotDependOnTheThreads()
    {
        using LayerHarness alone = Make(Four + "kernel_size: 3", [9, 3, 30, 31], 1);
        using LayerHarness shared = Make(Four + "kernel_size: 3", [9, 3, 30, 31], 3);
        foreach (LayerHarness harness in (LayerHarness[])[alone, shared])
        {
            harness.Forward();
            LayerHarness.Fill(harness.Tops[0].Diff, 6);
            harness.Backward();
        }

        Assert.Equal(alone.Top, shared.Top);
        Assert.Equal(alone.Bottoms[0].Diff.ToArray(), shared.Bottoms[0].Diff.ToArray());
        Assert.Equal(alone.Layer.Blobs[0].Diff.ToArray(), shared.Layer.Blobs[0].Diff.ToArray());
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void TheLayerFollowsItsBottomAndAllocatesNothing()
    {
        using LayerHarness harness = Make(Four + "kernel_size: 2", [2, 3, 4, 4], 1);
        harness.Bottoms[0].Reshape(0, 3, 4, 4);
        harness.Forward();
        harness.Backward();
        harness.Bottoms[0].Reshape(3, 3, 2, 7);
        harness.AssertAllocatesNothing();
        Assert.Equal([3, 4, 1, 6], harness.Tops[0].Shape.ToArray());
    }

    [Theory]
    [InlineData("num_output: 2 connections { input: 0 }", "connections is given 1 times for num_output 2", 2)]
    [InlineData("num_output: 1\nconnections {\n input: 3 }", "input map 3, but bottom 'bottom0' has 3 channels", 4)]
    [InlineData("num_output: 1 connections { input: 1\ninput: 1 }", "names input map 1 after 1", 2)]
    [InlineData("num_output: 1 connections { input: 2 input: 0 }", "names input map 0 after 2", 2)]
    [InlineData("num_output: 1\nconnections { }", "output map 0 sees no input map", 3)]
    [InlineData("num_output: 3 group: 3 connections { input: 0 }", "group is 3", 2)]
    [Trait("Category", "Unit")]
    public void AWrongTableIsAnErrorWhereItStands(string options, string expected, int line)
    {
        var thrown = Assert.Throws<CnnException>(
            () => new LayerHarness(
                $"type: 'Convolution'\nconvolution_param {{ {options} kernel_size: 1 }}", [[1, 3, 4, 4]]));
        Assert.Contains(expected, thrown.Message);
        Assert.Equal(line, thrown.Diagnostics[0].Location?.Line);
    }

    private static LayerHarness Make(string options, int[] shape, int threads = 2) =>
        new($"type: 'Convolution' convolution_param {{ {options} {Uniform} }}", [shape], threads: threads);
}
