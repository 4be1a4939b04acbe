using Cnn.Engine.Graph;
using Cnn.Engine.Runs;
using Cnn.Engine.Solvers.Recording;
using Cnn.Layers;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;

namespace Cnn.Tests.Engine.Solvers.Recording;

[Trait("Category", "Unit")]
public class SampleImagesTests
{
    [Fact]
    public void OnlyImagesOfOneOrThreeChannelsThatAreDataAreShown()
    {
        using Net net = Net.Build(NetDefinition.Parse("""
            layer { name: "data" type: "Input" top: "grey" top: "two" top: "flat" top: "none" top: "coloured"
              input_param { shape { dim: 2 dim: 1 dim: 4 dim: 4 } shape { dim: 2 dim: 2 dim: 4 dim: 4 }
                shape { dim: 2 dim: 3 dim: 4 } shape { dim: 0 dim: 1 dim: 4 dim: 4 }
                shape { dim: 2 dim: 3 dim: 4 dim: 4 } } }
            layer { name: "power" type: "Power" bottom: "grey" top: "power" }
            """));

        Assert.Equal(["grey", "coloured"], SampleImages.In(net).Select(i => i.Name));
    }

    // The range is 5, so that 1 is 51 levels.
    [Fact]
    public void TheLeastValueIsBlackAndTheGreatestWhite()
    {
        PlanarImage image = SampleImages.Stretched([-2, 0, 1, 3, -1, 2], 1, 2, 3, isRedFirst: false);

        Assert.Equal((1, 2, 3), (image.Channels, image.Height, image.Width));
        Assert.Equal([0, 102, 153, 255, 51, 204], image.Pixels.ToArray());
    }

    [Fact]
    public void ValuesThatAreNotFiniteAreBlackAndDoNotStretchTheOthers()
    {
        PlanarImage image = SampleImages.Stretched(
            [float.NaN, float.PositiveInfinity, 2, 7, float.NegativeInfinity, 3], 1, 2, 3, isRedFirst: false);

        Assert.Equal([0, 0, 0, 255, 0, 51], image.Pixels.ToArray());
    }

    [Theory]
    [InlineData(7)]
    [InlineData(float.NaN)]
    public void AnImageOfOneValueIsBlack(float value) =>
        Assert.Equal(
            [0, 0], SampleImages.Stretched([value, value], 1, 1, 2, isRedFirst: false).Pixels.ToArray());

    [Theory]
    [InlineData(false, new byte[] { 255, 204, 102, 153, 0, 51 })]
    [InlineData(true, new byte[] { 0, 51, 102, 153, 255, 204 })]
    public void ThePixelsAreBlueGreenRedWhicheverComesFirst(bool isRedFirst, byte[] expected) =>
        Assert.Equal(
            expected, SampleImages.Stretched([5, 4, 2, 3, 0, 1], 3, 1, 2, isRedFirst).Pixels.ToArray());

    [Theory]
    [InlineData(48, 192, 24, 96)]
    [InlineData(192, 48, 96, 24)]
    [InlineData(96, 40, 96, 40)]
    [InlineData(1, 400, 1, 96)]
    [InlineData(400, 1, 96, 1)]
    public void ALargeImageIsMadeSmallerInItsShape(int height, int width, int newHeight, int newWidth)
    {
        float[] values = [.. Enumerable.Range(0, height * width).Select(i => i < height * width / 2 ? 1f : 0f)];
        PlanarImage image = SampleImages.Stretched(values, 1, height, width, isRedFirst: false);

        Assert.Equal((newHeight, newWidth), (image.Height, image.Width));
        if (height % 2 == 0)
        {
            int half = newHeight * newWidth / 2;
            Assert.Equal(Enumerable.Repeat((byte)255, half), image.Pixels[..half].ToArray());
            Assert.Equal(Enumerable.Repeat((byte)0, half), image.Pixels[half..].ToArray());
        }
    }

    // 480 pixels are 5 columns and rows of 96; the gaps between them are 2 pixels wide.
    [Fact]
    public void ASheetHasAsManyImagesAsFit()
    {
        RunImage sheet = SampleImages.Sheet(new Blob(30, 1, 96, 96), isRedFirst: false);

        Assert.Equal((488, 488), (sheet.Width, sheet.Height));
        Assert.StartsWith("25 of the 30 images of the first batch, ", sheet.Caption, StringComparison.Ordinal);
    }

    // 96 x 24: 5 columns, and of the 20 rows that would fit the most that there are, 8.
    [Fact]
    public void AWideImageHasMoreRowsThanColumns()
    {
        RunImage sheet = SampleImages.Sheet(new Blob(50, 1, 24, 96), isRedFirst: false);

        Assert.Equal((488, (8 * 26) - 2), (sheet.Width, sheet.Height));
        Assert.StartsWith("40 of the 50 images", sheet.Caption, StringComparison.Ordinal);
    }

    // A pixel is 480 / 4 = 120 wide, so the second image begins at 240 + 2.
    [Fact]
    public void SmallImagesAreEnlargedSideBySide()
    {
        var images = new Blob(2, 1, 1, 2);
        ((ReadOnlySpan<float>)[0, 1, 5, 3]).CopyTo(images.Data);

        RunImage sheet = SampleImages.Sheet(images, isRedFirst: false);
        PlanarImage image = Pictures.Decode(sheet);

        Assert.Equal((482, 120), (sheet.Width, sheet.Height));
        for (int channel = 0; channel < 3; channel++)
        {
            Span<byte> plane = image.Plane(channel);
            Assert.Equal([0, 255, 255, 0], new[] { plane[0], plane[120], plane[242], plane[362] });
        }

        Assert.Equal([255, 0, 0, 255], image.Plane(3)[239..243].ToArray());
    }
}
