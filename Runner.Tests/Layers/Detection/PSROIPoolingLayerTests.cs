using Cnn.Proto;

namespace Cnn.Tests.Layers.Detection;

public class PSROIPoolingLayerTests
{
    [Fact]
    [Trait("Category", "Unit")]
    public void EachCellIsTheMeanOfItsOwnChannel()
    {
        using var harness = Make("spatial_scale: 1 output_dim: 1 group_size: 2", [1, 4, 4, 4], [0, 0, 0, 3, 3]);
        for (int i = 0; i < 64; i++)
        {
            harness.Bottoms[0].Data[i] = (100 * (i / 16)) + (i % 16);
        }

        harness.Forward();
        Assert.Equal([1, 1, 2, 2], harness.Tops[0].Shape.ToArray());
        Assert.Equal([2.5f, 104.5f, 210.5f, 312.5f], harness.Top);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void CornersAreRoundedBeforeTheyAreScaled()
    {
        // Columns round(0.5) / 2 to (round(2.4) + 1) / 2: 0.5 to 1.5, so pixels 0 and 1.
        using var harness = Make(
            "spatial_scale: 0.5 output_dim: 1 group_size: 1", [1, 1, 1, 4], [0, 0.5f, 0, 2.4f, 1]);
        harness.Set(0, 1, 2, 4, 8);
        harness.Forward();
        Assert.Equal([1.5f], harness.Top);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void ARegionOutsideTheMapGivesZeroAndNoGradient()
    {
        using var harness = Make("spatial_scale: 1 output_dim: 2 group_size: 2", [1, 8, 3, 3], [0, 50, 50, 60, 60]);
        harness.Forward();
        Assert.All(harness.Top, y => Assert.Equal(0, y));
        harness.Tops[0].Diff.Fill(1);
        harness.Bottoms[0].Diff.Fill(float.NaN);
        harness.Backward(0);
        Assert.All(harness.Bottoms[0].Diff.ToArray(), dx => Assert.Equal(0, dx));
    }

    [Theory]
    [InlineData("spatial_scale: 1 output_dim: 2 group_size: 2", new[] { 2, 8, 5, 6 })]
    [InlineData("spatial_scale: 0.5 output_dim: 3 group_size: 3", new[] { 2, 27, 4, 3 })]
    [Trait("Category", "Gradient")]
    public void TheGradientIsThatOfTheFunction(string options, int[] shape)
    {
        using var harness = Make(
            options, shape, [0, 0, 0, 4, 3, 1, 1, 1, 8, 7, 0, 2, 0, 3, 9, 1, -3, -2, 3, 4, 0, 3, 3, 1, 1]);
        new GradientChecker { Bottoms = [0] }.Check(harness);
    }

    [Fact]
    [Trait("Category", "Resume")]
    public void TheBitsAreTheSameOnAnyNumberOfThreads()
    {
        var (y, dx) = Run(1);
        var (yOfFour, dxOfFour) = Run(4);
        Assert.Equal(y, yOfFour);
        Assert.Equal(dx, dxOfFour);

        static (float[] Y, float[] Dx) Run(int threads)
        {
            using var harness = Make(
                "spatial_scale: 0.0625 output_dim: 5 group_size: 7", [2, 245, 12, 17],
                RegionTests.Random(100, 2, 272, 192), threads);
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
            "spatial_scale: 1 output_dim: 2 group_size: 3", [2, 18, 9, 9], RegionTests.Random(30, 2, 9, 9), threads: 1);
        harness.AssertAllocatesNothing(0);
    }

    [Theory]
    [InlineData("spatial_scale: 1 group_size: 1", "output_dim is 0, expected 1 or more")]
    [InlineData("spatial_scale: 1 output_dim: 4", "group_size is 0, expected 1 or more")]
    [InlineData("output_dim: 1 group_size: 2", "spatial_scale is missing")]
    [InlineData("spatial_scale: -1 output_dim: 1 group_size: 2", "spatial_scale is -1, expected more than 0")]
    [InlineData("spatial_scale: 1 output_dim: 2 group_size: 2", "has 4 channels for output_dim 2 and group_size 2")]
    [InlineData("spatial_scale: 1 output_dim: 2147483647 group_size: 2147483647", "has 4 channels for output_dim")]
    [Trait("Category", "Unit")]
    public void AWrongConfigurationIsNamedAndLocated(string options, string expected)
    {
        var exception = Assert.Throws<CnnException>(() => Make(options, [1, 4, 3, 3], [0, 0, 0, 1, 1]));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }

    private static LayerHarness Make(string options, int[] maps, float[] rois, int threads = 2) => new(
        $"type: 'PSROIPooling' psroi_pooling_param {{ {options} }}", [maps, [rois.Length / 5, 5]], threads: threads,
        prepare: h => h.Set(1, rois));
}
