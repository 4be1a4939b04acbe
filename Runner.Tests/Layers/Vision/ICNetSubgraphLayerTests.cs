using Cnn.Proto;

namespace Cnn.Tests.Layers.Vision;

public class ICNetSubgraphLayerTests
{
    // The layers of ICNet's own definition that the layer stands for, as in its published net.
    private static readonly string[] Parts =
    [
        "kernel_h: 33 kernel_w: 65 stride_h: 33 stride_w: 65",
        "kernel_h: 17 kernel_w: 33 stride_h: 16 stride_w: 32",
        "kernel_h: 13 kernel_w: 25 stride_h: 10 stride_w: 20",
        "kernel_h: 8 kernel_w: 15 stride_h: 5 stride_w: 10",
    ];

    [Fact]
    [Trait("Category", "Unit")]
    public void ItIsTheSumOfWhatThePoolingAndInterpLayersGive()
    {
        int[] shape = [1, 3, 33, 65];
        using var harness = new LayerHarness("type: 'ICNetSubgraph'", [shape]);
        harness.Forward();
        float[] expected = harness.Bottoms[0].Data.ToArray();
        foreach (string options in Parts)
        {
            using var pooling = new LayerHarness($"type: 'Pooling' pooling_param {{ pool: AVE {options} }}", [shape]);
            pooling.Set(0, harness.Bottoms[0].Data.ToArray());
            pooling.Forward();
            using var interp = new LayerHarness(
                "type: 'Interp' interp_param { height: 33 width: 65 }", [pooling.Tops[0].Shape.ToArray()]);
            interp.Set(0, pooling.Top);
            interp.Forward();
            expected = [.. expected.Zip(interp.Top, (sum, part) => sum + part)];
        }

        Assert.Equal(expected, harness.Top);
    }

    [Fact]
    [Trait("Category", "Gradient")]
    public void TheGradientIsThatOfTheFunction()
    {
        using var harness = new LayerHarness("type: 'ICNetSubgraph'", [[1, 2, 9, 16]]);
        new GradientChecker().Check(harness);
        harness.AssertAllocatesNothing();
    }

    [Theory]
    [InlineData(new[] { 1, 2, 2, 65 }, "need 4 rows and 6 columns")]
    [InlineData(new[] { 1, 2, 33 }, "takes 4 axes")]
    [Trait("Category", "Unit")]
    public void OtherShapesAreRefused(int[] shape, string expected) => Assert.Contains(
        expected,
        Assert.Throws<CnnException>(() => new LayerHarness("type: 'ICNetSubgraph'", [shape])).ToString(),
        StringComparison.Ordinal);
}
