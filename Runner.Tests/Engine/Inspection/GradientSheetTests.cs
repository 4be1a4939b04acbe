using Cnn.Engine.Inspection;
using Cnn.Layers;

namespace Cnn.Tests.Engine.Inspection;

[Trait("Category", "Unit")]
public sealed class GradientSheetTests
{
    [Fact]
    public void ZeroIsInTheMiddleOfTheScaleOfABlob()
    {
        var blob = new Blob(1, 2, 1, 1);
        new float[] { -1, 4 }.CopyTo(blob.Diff);

        TileSheet sheet = GradientSheet.OfBlob(blob);

        Assert.Equal((-4, 4), (sheet.Least, sheet.Greatest));
        Assert.Equal(ColorMap.Diverging.At(0.375f).ToArray(), sheet.Tile(0).ToArray());
        Assert.Equal(ColorMap.Diverging.At(1).ToArray(), sheet.Tile(1).ToArray());
    }

    [Fact]
    public void TheGradientsOfAllFiltersHaveOneScale()
    {
        var weights = new Blob(2, 1, 1, 2);
        new float[] { 1, 0, -2, 2 }.CopyTo(weights.Diff);

        TileSheet sheet = GradientSheet.OfWeights(weights, onDark: true);

        Assert.Equal((-2, 2), (sheet.Least, sheet.Greatest));
        byte[] color = ColorMap.DivergingOnDark.At(0.75f).ToArray();
        Assert.Equal(color, [sheet.Tile(0)[0], sheet.Tile(0)[2], sheet.Tile(0)[4]]);
    }

    [Fact]
    public void OverThreeChannelsTheyAreColouredAsFiltersAre()
    {
        var weights = new Blob(1, 3, 1, 2);
        new float[] { 1, 0, 0, 0, 0, -1 }.CopyTo(weights.Diff);

        Assert.Equal([255, 128, 128, 128, 128, 0], GradientSheet.OfWeights(weights).Tile(0).ToArray());
    }
}
