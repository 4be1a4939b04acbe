using Cnn.Proto;

namespace Cnn.Tests.Layers.Detection;

[Trait("Category", "Unit")]
public class BoxAnnotatorOHEMLayerTests
{
    [Fact]
    public void TheHardestRegionsOfEachImageKeepLabelAndWeights()
    {
        using LayerHarness harness = Make("roi_per_img: 2 ignore_label: -7");
        harness.Forward();

        // Image 0 has regions 0, 1, 3 with losses 5, 1, 3; image 2 has regions 2 and 4.
        Assert.Equal([10, -7, 12, 13, 14], harness.Top);
        Assert.Equal([1, 2, 0, 0, 5, 6, 7, 8, 9, 10], harness.Tops[1].Data.ToArray());
        harness.Layer.Reshape(harness.Bottoms, harness.Tops);
        Assert.Equal(0, Allocations.OnThisThread(harness.Forward));
        Assert.False(harness.Layer.HasGradient);
    }

    [Theory]
    [InlineData("", "roi_per_img is missing")]
    [InlineData("roi_per_img: 0", "roi_per_img is 0")]
    public void TheNumberOfRegionsIsRequired(string options, string expected)
    {
        var exception = Assert.Throws<CnnException>(() => Make(options).Dispose());
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(float.NaN)]
    [InlineData(1e9f)]
    public void ARegionIsInAnImage(float image)
    {
        using LayerHarness harness = Make("roi_per_img: 1");
        harness.Bottoms[0].Data[5] = image;
        var exception = Assert.Throws<CnnException>(harness.Forward);
        Assert.Contains($"region 1 of 'bottom0' is in image {image}", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ShapesThatDoNotFitAreNamed()
    {
        var exception = Assert.Throws<CnnException>(() => new LayerHarness(
            "type: 'BoxAnnotatorOHEM' box_annotator_ohem_param { roi_per_img: 1 }",
            [[5, 5], [4, 1], [5, 1], [5, 2]], tops: 2).Dispose());
        Assert.Contains("bottom 'bottom1' has shape 4 1 (4)", exception.Message, StringComparison.Ordinal);
    }

    private static LayerHarness Make(string options) => new(
        $"type: 'BoxAnnotatorOHEM' box_annotator_ohem_param {{ {options} }}", [[5, 5], [5, 1], [5, 1], [5, 2]], tops: 2,
        prepare: h =>
        {
            float[] images = [0, 0, 2, 0, 2];
            for (int i = 0; i < images.Length; i++)
            {
                h.Bottoms[0].Data[5 * i] = images[i];
            }

            h.Set(1, 5, 1, 2, 3, 9);
            h.Set(2, 10, 11, 12, 13, 14);
            h.Set(3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        });
}
