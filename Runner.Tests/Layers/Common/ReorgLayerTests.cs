using Cnn.Proto;

namespace Cnn.Tests.Layers.Common;

public class ReorgLayerTests
{
    [Theory]
    [InlineData(2, new[] { 2, 8, 4, 6 }, new[] { 2, 32, 2, 3 })]
    [InlineData(3, new[] { 1, 9, 3, 3 }, new[] { 1, 81, 1, 1 })]
    [InlineData(1, new[] { 1, 2, 3, 3 }, new[] { 1, 2, 3, 3 })]
    [Trait("Category", "Unit")]
    public void PlacesAreThoseOfDarknetAndReversingPutsThemBack(int stride, int[] bottom, int[] top)
    {
        using var harness = Make($"stride: {stride}", bottom);
        harness.Forward();
        Assert.Equal(top, harness.Tops[0].Shape.ToArray());
        int[] large = Places(bottom[1], bottom[2], bottom[3], stride);
        float[] x = harness.Bottoms[0].Data.ToArray();
        int size = large.Length;
        for (int i = 0; i < x.Length; i++)
        {
            Assert.Equal(x[(i / size * size) + large[i % size]], harness.Top[i]);
        }

        using var reverse = Make($"stride: {stride} reverse: true", bottom);
        reverse.Set(0, harness.Top);
        reverse.Forward();
        Assert.Equal(x, reverse.Top);
    }

    [Theory]
    [InlineData("stride: 2", new[] { 2, 4, 2, 4 })]
    [InlineData("stride: 2 reverse: true", new[] { 2, 4, 3, 1 })]
    [Trait("Category", "Gradient")]
    public void TheGradientIsThatOfTheFunction(string options, int[] shape)
    {
        using var harness = Make(options, shape);
        new GradientChecker().Check(harness);
        harness.AssertAllocatesNothing();
    }

    [Theory]
    [InlineData("", "stride is 0")]
    [InlineData("stride: 3", "does not divide into blocks of 3 x 3")]
    [InlineData("stride: 3 reverse: true", "does not divide into blocks of 3 x 3")]
    [InlineData("stride: 2", "does not divide into blocks of 2 x 2")]
    [InlineData("stride: 100000", "stride 100000 is too large")]
    [Trait("Category", "Unit")]
    public void AWrongConfigurationIsNamedAndLocated(string options, string expected)
    {
        var exception = Assert.Throws<CnnException>(() => Make(options, [1, 4, 3, 4]));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }

    // For each value of [C, H, W] its place in [C / s^2, s H, s W].
    private static int[] Places(int channels, int height, int width, int s)
    {
        int depth = channels / (s * s);
        return
        [
            .. from k in Enumerable.Range(0, channels)
               from j in Enumerable.Range(0, height)
               from i in Enumerable.Range(0, width)
               let o = k / depth
               select ((((k % depth) * height * s) + (j * s) + (o / s)) * width * s) + (i * s) + (o % s),
        ];
    }

    private static LayerHarness Make(string options, int[] shape) =>
        new($"type: 'Reorg' reorg_param {{ {options} }}", [shape]);

    [Fact]
    [Trait("Category", "Unit")]
    public void ThePythonClassOfYoloHasBlocksOfTwo()
    {
        using var python = new LayerHarness(
            "type: 'Python' python_param { module: 'yolov2' layer: 'darknet_reorg' }", [[2, 8, 4, 6]]);
        using LayerHarness plain = Make("stride: 2", [2, 8, 4, 6]);
        python.Forward();
        plain.Forward();
        Assert.Equal(plain.Tops[0].Shape.ToArray(), python.Tops[0].Shape.ToArray());
        Assert.Equal(plain.Top, python.Top);
    }
}
