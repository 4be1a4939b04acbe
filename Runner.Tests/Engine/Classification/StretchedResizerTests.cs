using Cnn.Engine.Classification;
using Cnn.Proto.Formats.Images;
using Cnn.Tests.Layers.Data;

namespace Cnn.Tests.Engine.Classification;

[Trait("Category", "Unit")]
public class StretchedResizerTests
{
    [Fact]
    public void EnlargingInterpolatesBetweenHalfPixelCentresAndBlendsIntoTheLeastValueAtTheEdges()
    {
        Assert.Equal([2, 2.5f, 3.5f, 3.5f], Resized(new FloatImage(1, 1, 2, [2, 4]), 1, 4));
        Assert.Equal([2, 2.5f, 3.5f, 3.5f], Resized(new FloatImage(1, 2, 1, [2, 4]), 4, 1));
    }

    [Fact]
    public void ShrinkingTakesNoMeanOfThePixelsBetween() =>
        Assert.Equal([1.5f, 5.5f], Resized(new FloatImage(1, 1, 8, [0, 1, 2, 3, 4, 5, 6, 8]), 1, 2));

    [Fact]
    public void TheRangeIsThatOfAllChannels() =>
        Assert.Equal([8.75f, 8.75f, 5, 5], Resized(new FloatImage(2, 1, 1, [10, 5]), 1, 2));

    [Fact]
    public void AConstantImageStaysConstant() =>
        Assert.Equal([3, 3, 3, 3, 3, 3], Resized(new FloatImage(1, 1, 2, [3, 3]), 2, 3));

    [Fact]
    public void AnImageOfTheSizeIsCopied() =>
        Assert.Equal([0.1f, 0.7f, 0.3f], Resized(new FloatImage(1, 1, 3, [0.1f, 0.7f, 0.3f]), 1, 3));

    [Theory]
    [InlineData(7, 9, 5, 4)]
    [InlineData(5, 4, 11, 13)]
    [InlineData(6, 6, 3, 12)]
    [InlineData(1, 1, 3, 2)]
    [InlineData(40, 30, 1, 1)]
    public void AnySizeFollowsTheFormula(int height, int width, int newHeight, int newWidth)
    {
        PlanarImage image = ImageFiles.Random(3, 3, height, width);
        var resized = new FloatImage();
        new StretchedResizer().Resize(new LoadedImage(image, isGrey: false), newHeight, newWidth, resized);

        for (int c = 0; c < 3; c++)
        {
            for (int y = 0; y < newHeight; y++)
            {
                for (int x = 0; x < newWidth; x++)
                {
                    double expected = Expected(image, 2 - c, newHeight, newWidth, y, x);
                    Assert.Equal(expected, resized.Row(c, y)[x], 1e-6);
                }
            }
        }
    }

    private static float[] Resized(FloatImage image, int height, int width)
    {
        var to = new FloatImage();
        new StretchedResizer().Resize(image, height, width, to);
        return to.Values.ToArray();
    }

    // The value of one pixel, from 0 to 1, with the least value of the image outside of it.
    private static double Expected(PlanarImage image, int plane, int height, int width, int y, int x)
    {
        double least = image.Pixels.ToArray().Min() / 255.0;
        double row = ((y + 0.5) * image.Height / height) - 0.5, column = ((x + 0.5) * image.Width / width) - 0.5;
        double sum = 0;
        for (int i = (int)Math.Floor(row); i <= Math.Floor(row) + 1; i++)
        {
            for (int j = (int)Math.Floor(column); j <= Math.Floor(column) + 1; j++)
            {
                bool isInside = i >= 0 && j >= 0 && i < image.Height && j < image.Width;
                double value = isInside ? image.Plane(plane)[(i * image.Width) + j] / 255.0 : least;
                sum += (1 - Math.Abs(row - i)) * (1 - Math.Abs(column - j)) * value;
            }
        }

        return sum;
    }
}
