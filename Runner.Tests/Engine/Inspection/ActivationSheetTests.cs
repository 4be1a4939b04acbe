using Cnn.Engine.Inspection;
using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Inspection;

[Trait("Category", "Unit")]
public sealed class ActivationSheetTests
{
    [Fact]
    public void TheChannelsOfAnItemHaveOneScale()
    {
        var blob = new Blob(2, 2, 1, 2);
        new float[] { 9, 9, 9, 9, -1, 0, 1, 3 }.CopyTo(blob.Data);

        TileSheet sheet = ActivationSheet.Of(blob, item: 1);

        Assert.Equal((2, -1, 3), (sheet.Count, sheet.Least, sheet.Greatest));
        Assert.Equal(ColorMap.Sequential.At(0).ToArray(), PixelOf(sheet, tile: 0, pixel: 0));
        Assert.Equal(ColorMap.Sequential.At(0.25f).ToArray(), PixelOf(sheet, tile: 0, pixel: 1));
        Assert.Equal(ColorMap.Sequential.At(1).ToArray(), PixelOf(sheet, tile: 1, pixel: 1));
    }

    [Fact]
    public void ValuesThatAreAllTheSameHaveTheDarkestColour() => Assert.Equal(
        ColorMap.Sequential.At(0).ToArray(), PixelOf(ActivationSheet.Of(new Blob(1, 1, 2, 2)), tile: 0, pixel: 3));

    [Fact]
    public void AVectorHasATileAValue()
    {
        TileSheet sheet = ActivationSheet.Of(new Blob(1, 500), most: 10);

        Assert.Equal((500, 1, 1), (sheet.Count, sheet.TileHeight, sheet.TileWidth));
    }

    [Fact]
    public void AnItemThatIsNotThereIsAnError() => Assert.Equal(
        "a blob of shape 2 3 4 4 (96) has no values of item 2; from 0 to 1",
        Assert.Throws<CnnException>(() => ActivationSheet.Of(new Blob(2, 3, 4, 4), item: 2)).Message);

    [Fact]
    public void AnEmptyBlobIsAnError() =>
        Assert.Throws<CnnException>(() => ActivationSheet.Of(new Blob(1, 0, 4, 4)));

    // What looks half as light is half the value: the steps of lightness are equal.
    [Fact]
    public void TheColoursBecomeLighterEvenly()
    {
        double[] lightness = [.. Enumerable.Range(0, 11).Select(i => Lightness(ColorMap.Sequential.At(i / 10f)))];

        Assert.All(lightness.Zip(lightness.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 0.06, 0.09));
    }

    [Fact]
    public void GradientsOnBothSidesOfZeroAreEquallyLight()
    {
        Assert.Equal(Lightness(ColorMap.Diverging.At(0)), Lightness(ColorMap.Diverging.At(1)), tolerance: 0.02);
        Assert.True(Lightness(ColorMap.Diverging.At(0.5f)) > 0.9);
        Assert.True(Lightness(ColorMap.DivergingOnDark.At(0.5f)) < 0.3);
    }

    private static byte[] PixelOf(TileSheet sheet, int tile, int pixel)
    {
        int size = sheet.TileHeight * sheet.TileWidth;
        byte[] values = sheet.Tile(tile).ToArray();
        return [values[pixel], values[pixel + size], values[pixel + (2 * size)]];
    }

    // The L of Oklab.
    private static double Lightness(ReadOnlySpan<byte> color)
    {
        (double blue, double green, double red) = (Linear(color[0]), Linear(color[1]), Linear(color[2]));
        double l = Math.Cbrt((0.4122214708 * red) + (0.5363325363 * green) + (0.0514459929 * blue));
        double m = Math.Cbrt((0.2119034982 * red) + (0.6806995451 * green) + (0.1073969566 * blue));
        double s = Math.Cbrt((0.0883024619 * red) + (0.2817188376 * green) + (0.6299787005 * blue));
        return (0.2104542553 * l) + (0.7936177850 * m) - (0.0040720468 * s);
    }

    private static double Linear(byte level)
    {
        double value = level / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
    }
}
