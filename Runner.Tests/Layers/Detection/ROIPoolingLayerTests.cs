using Cnn.Proto;

namespace Cnn.Tests.Layers.Detection;

public class ROIPoolingLayerTests
{
    [Fact]
    [Trait("Category", "Unit")]
    public void CellsShareThePixelsOfTheirBorders()
    {
        using var harness = Make("pooled_h: 2 pooled_w: 2", [1, 1, 3, 3], [0, 0, 0, 2, 2]);
        harness.Set(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        harness.Forward();
        Assert.Equal([5, 6, 8, 9], harness.Top);
    }

    [Theory]
    [InlineData(0.5f, 1f, new float[] { 0, 1, 1, 1, 1 }, 5)]
    [InlineData(1.4f, 1.4f, new float[] { 0, 1, 1, 1, 1 }, 5)]
    [InlineData(1, 1.4f, new float[] { 0, 0.5f, 0.5f, 1, 1 }, 5)]
    [InlineData(1.5f, 2.4f, new float[] { 0, 0.5f, 0.5f, 1, 1 }, 9)]
    [Trait("Category", "Unit")]
    public void CornersAreScaledAndHalvesRoundedAwayFromZero(float low, float high, float[] roi, float expected)
    {
        foreach (float scale in (float[])[low, high])
        {
            using var harness = Make($"pooled_h: 1 pooled_w: 1 spatial_scale: {scale}", [1, 1, 3, 3], roi);
            harness.Set(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
            harness.Forward();
            Assert.Equal(expected, harness.Top[0]);
        }
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void ARegionOutsideTheMapGivesZeroAndNoGradient()
    {
        using var harness = Make("pooled_h: 2 pooled_w: 1", [2, 3, 4, 4], [1, 40, 40, 50, 50, 0, -9, -9, -5, -5]);
        harness.Forward();
        Assert.All(harness.Top, y => Assert.Equal(0, y));
        harness.Tops[0].Diff.Fill(1);
        harness.Bottoms[0].Diff.Fill(float.NaN);
        harness.Backward(0);
        Assert.All(harness.Bottoms[0].Diff.ToArray(), dx => Assert.Equal(0, dx));
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void ATurnedRegionIsOnePixelWithoutAGradient()
    {
        using var harness = Make("pooled_h: 1 pooled_w: 1", [1, 1, 3, 3], [0, 2, 1, 1, 1, 0, 2, 1, 2, 1]);
        harness.Set(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        harness.Forward();
        Assert.Equal([6, 6], harness.Top);
        new float[] { 10, 1 }.CopyTo(harness.Tops[0].Diff);
        harness.Backward(0);
        Assert.Equal([0, 0, 0, 0, 0, 1, 0, 0, 0], harness.Bottoms[0].Diff.ToArray());
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void TheFirstOfEqualMaximaGetsTheGradientOfEveryRegion()
    {
        using var harness = Make("pooled_h: 1 pooled_w: 1", [1, 1, 2, 2], [0, 0, 0, 1, 1, 0, 0, 1, 1, 1]);
        harness.Set(0, 3, 5, 5, 5);
        harness.Forward();
        new float[] { 10, 1 }.CopyTo(harness.Tops[0].Diff);
        harness.Backward(0);
        Assert.Equal([0, 10, 1, 0], harness.Bottoms[0].Diff.ToArray());
    }

    [Theory]
    [InlineData("pooled_h: 2 pooled_w: 3", new[] { 2, 3, 5, 6 })]
    [InlineData("pooled_h: 3 pooled_w: 2 spatial_scale: 0.5", new[] { 2, 17, 4, 3 })]
    [Trait("Category", "Gradient")]
    public void TheGradientIsThatOfTheFunction(string options, int[] shape)
    {
        float[] rois = [0, 0, 0, 4, 3, 1, 1, 1, 8, 7, 0, 2, 0, 3, 9, 1, -3, -2, 3, 4];
        using var harness = Make(options, shape, rois);
        LayerHarness.FillApart(harness.Bottoms[0].Data, 3);
        new GradientChecker { Bottoms = [0] }.Check(harness);
    }

    [Theory]
    [InlineData(1, 40, 9)]
    [InlineData(3, 16, 300)]
    [InlineData(2, 5, 130)]
    [Trait("Category", "Resume")]
    public void TheBitsAreTheSameOnAnyNumberOfThreads(int images, int channels, int regions)
    {
        var (y, dx) = Run(1);
        var (yOfFour, dxOfFour) = Run(4);
        Assert.Equal(y, yOfFour);
        Assert.Equal(dx, dxOfFour);

        (float[] Y, float[] Dx) Run(int threads)
        {
            using var harness = Make(
                "pooled_h: 7 pooled_w: 7 spatial_scale: 0.0625", [images, channels, 12, 17],
                RegionTests.Random(regions, images, 272, 192), threads);
            harness.Forward();
            LayerHarness.Fill(harness.Tops[0].Diff, 9);
            harness.Backward(0);
            return (harness.Top, harness.Bottoms[0].Diff.ToArray());
        }
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void PassesAllocateNothing()
    {
        using var harness = Make(
            "pooled_h: 3 pooled_w: 3", [2, 20, 9, 9], RegionTests.Random(30, 2, 9, 9), threads: 1);
        harness.AssertAllocatesNothing(0);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void ThereMayBeNoRegions()
    {
        using var harness = Make("pooled_h: 3 pooled_w: 3", [1, 2, 4, 4], []);
        harness.Forward();
        Assert.Equal([0, 2, 3, 3], harness.Tops[0].Shape.ToArray());
        harness.Bottoms[0].Diff.Fill(float.NaN);
        harness.Backward(0);
        Assert.All(harness.Bottoms[0].Diff.ToArray(), dx => Assert.Equal(0, dx));
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void CoordinatesMayBeAnyNumbers()
    {
        float[] rois =
        [
            0, float.NaN, float.NegativeInfinity, float.PositiveInfinity, float.NaN,
            0, -1e30f, -1e30f, 1e30f, 1e30f, 0, float.MinValue, 1, 3, float.MaxValue,
        ];
        using var harness = Make("pooled_h: 2 pooled_w: 2", [1, 2, 4, 4], rois);
        harness.Forward();
        Assert.All(harness.Top, y => Assert.True(float.IsFinite(y)));
    }

    [Theory]
    [InlineData("pooled_h: 2", "pooled_w is 0, expected 1 or more")]
    [InlineData("pooled_w: 2", "pooled_h is 0, expected 1 or more")]
    [InlineData("pooled_h: 2147483647 pooled_w: 2147483647", "a grid of 2147483647 x 2147483647 is impossible")]
    [Trait("Category", "Unit")]
    public void AWrongConfigurationIsNamedAndLocated(string options, string expected)
    {
        var exception = Assert.Throws<CnnException>(() => Make(options, [1, 1, 3, 3], [0, 0, 0, 1, 1]));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }

    [Theory]
    [InlineData(new[] { 3, 3 }, new[] { 1, 5 }, "it takes 4 axes")]
    [InlineData(new[] { 1, 1, 3, 3 }, new[] { 1, 4 }, "the regions are [R, 5]")]
    [InlineData(new[] { 1, 1, 3, 3 }, new[] { 1, 5, 2, 1 }, "the regions are [R, 5]")]
    [Trait("Category", "Unit")]
    public void AWrongShapeIsNamed(int[] maps, int[] regions, string expected) => Assert.Contains(
        expected,
        Assert.Throws<CnnException>(() => new LayerHarness(
            "type: 'ROIPooling' roi_pooling_param { pooled_h: 1 pooled_w: 1 }", [maps, regions]))
            .Diagnostics[0].Hint,
        StringComparison.Ordinal);

    [Theory]
    [InlineData(2, "region 0 of bottom 'bottom1' is in image 2")]
    [InlineData(-1, "region 0 of bottom 'bottom1' is in image -1")]
    [InlineData(float.NaN, "region 0 of bottom 'bottom1' is in image NaN")]
    [Trait("Category", "Unit")]
    public void ARegionOfNoImageIsAnError(float image, string expected)
    {
        using var harness = Make("pooled_h: 1 pooled_w: 1", [2, 1, 3, 3], [image, 0, 0, 1, 1]);
        Assert.Contains(expected, Assert.Throws<CnnException>(harness.Forward).Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void TheRegionsHaveNoGradient()
    {
        using var harness = Make("pooled_h: 1 pooled_w: 1", [1, 1, 3, 3], [0, 0, 0, 1, 1]);
        harness.Forward();
        Assert.False(harness.Layer.AllowsForceBackward(1));
        Assert.Throws<CnnException>(() => harness.Backward(1));
    }

    private static LayerHarness Make(string options, int[] maps, float[] rois, int threads = 2) => new(
        $"type: 'ROIPooling' roi_pooling_param {{ {options} }}", [maps, [rois.Length / 5, 5]], threads: threads,
        prepare: h => h.Set(1, rois));
}
