using Cnn.Proto.Formats.Images;

namespace Cnn.Tests.Proto.Formats.Images;

/// <summary>The ways of resizing besides the linear one, against their definitions.</summary>
[Trait("Category", "Unit")]
public sealed class ImageInterpolationTests
{
    [Fact]
    public void TheNearestPixelIsTheOneToTheUpperLeft()
    {
        Assert.Equal([1, 1, 2, 3, 3, 4], Row(ImageInterpolation.Nearest, 6, 1, 2, 3, 4));
        Assert.Equal([1, 3], Row(ImageInterpolation.Nearest, 2, 1, 2, 3, 4, 5));
    }

    [Fact]
    public void RowsAreChosenAsColumnsAre()
    {
        Assert.Equal([1, 2, 1, 2, 3, 4, 3, 4], Resized(ImageInterpolation.Nearest, (2, 2), (4, 2), 1, 2, 3, 4));
        Assert.Equal([1, 3], Resized(ImageInterpolation.Nearest, (5, 1), (2, 1), 1, 2, 3, 4, 5));
        Assert.Equal([2, 6], Resized(ImageInterpolation.Area, (6, 1), (2, 1), 1, 2, 3, 4, 5, 9));
        Assert.Equal([24, 50, 76], Resized(ImageInterpolation.Area, (5, 1), (3, 1), 20, 30, 50, 70, 80));
    }

    [Fact]
    public void AreasShrinkOnOneAxisAlone()
    {
        Assert.Equal(
            [2, 20, 5, 50], Resized(ImageInterpolation.Area, (6, 2), (2, 2), 1, 10, 2, 20, 3, 30, 4, 40, 5, 50, 6, 60));
        Assert.Equal(
            [2, 5, 20, 50], Resized(ImageInterpolation.Area, (2, 6), (2, 2), 1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60));

        // OpenCV weighs two pixels where one axis grows: of three rows the first by a third, the second by two.
        Assert.Equal(
            [20, 20, 20, 110, 110, 110],
            Resized(ImageInterpolation.Area, (6, 1), (2, 3), 0, 30, 90, 90, 120, 30));
        Assert.Equal(
            [20, 110, 20, 110, 20, 110],
            Resized(ImageInterpolation.Area, (1, 6), (3, 2), 0, 30, 90, 90, 120, 30));
    }

    // Each of the 2,000 covers 2.0005: of the third pixel half a thousandth, which OpenCV leaves out.
    [Fact]
    public void SharesOfLessThanAThousandthAreLeftOut()
    {
        var pixels = new byte[4001];
        (pixels[0], pixels[1], pixels[2]) = (100, 101, 255);

        Assert.Equal(100, Row(ImageInterpolation.Area, 2000, pixels)[0]);
    }

    [Fact]
    public void AreasAreMeansOfWhatTheyCover()
    {
        Assert.Equal([2, 5], Row(ImageInterpolation.Area, 2, 1, 2, 3, 4, 5, 6));
        Assert.Equal([11, 31], Row(ImageInterpolation.Area, 2, 10, 10, 10, 20, 40, 40, 20));

        // A pixel covers 5 / 3: 1 and two thirds of 2; a third of 2, 1 of 3 and a third of 4.
        Assert.Equal([24, 50, 76], Row(ImageInterpolation.Area, 3, 20, 30, 50, 70, 80));
    }

    [Fact]
    public void AreasThatGrowAreWholeButAtTheirBorders()
    {
        Assert.Equal([10, 10, 20, 20], Row(ImageInterpolation.Area, 4, 10, 20));
        Assert.Equal([10, 15, 20], Row(ImageInterpolation.Area, 3, 10, 20));
    }

    [Theory]
    [InlineData(2, 5, 7)]
    [InlineData(3, 9, 4)]
    [InlineData(4, 3, 13)]
    public void FiltersAreSumsOverTheirWindow(int seed, int from, int to)
    {
        var random = new Random(seed);
        var pixels = new byte[from];
        random.NextBytes(pixels);
        ImageInterpolation[] ways = [ImageInterpolation.Cubic, ImageInterpolation.Lanczos4];
        foreach (ImageInterpolation way in ways)
        {
            byte[] row = Row(way, to, pixels);
            for (int x = 0; x < to; x++)
            {
                double at = ((x + 0.5) * from / to) - 0.5, sum = 0, total = 0;
                for (int i = (int)Math.Floor(at) - 3; i <= (int)Math.Floor(at) + 4; i++)
                {
                    double weight = way == ImageInterpolation.Cubic ? Cubic(Math.Abs(at - i)) : Lanczos(at - i);
                    sum += weight * pixels[Math.Clamp(i, 0, from - 1)];
                    total += weight;
                }

                Assert.InRange(row[x], Math.Clamp(sum / total, 0, 255) - 1, Math.Clamp(sum / total, 0, 255) + 1);
            }
        }
    }

    [Theory]
    [InlineData(5, 6, 7)]
    [InlineData(6, 13, 4)]
    public void FiltersAreTakenOverBothAxesOfEveryChannel(int seed, int height, int width)
    {
        var random = new Random(seed);
        var from = new PlanarImage();
        from.SetSize(2, 9, 8);
        random.NextBytes(from.Pixels);
        var to = new PlanarImage();
        ImageInterpolation[] ways = [ImageInterpolation.Cubic, ImageInterpolation.Lanczos4];
        foreach (ImageInterpolation way in ways)
        {
            ImageResizer.Resize(from, height, width, to, way);
            for (int i = 0; i < to.Pixels.Length; i++)
            {
                int c = i / (height * width), y = i / width % height, x = i % width;
                double sum = 0;
                foreach (var (row, down) in Weights(way, y, from.Height, height))
                {
                    foreach (var (column, across) in Weights(way, x, from.Width, width))
                    {
                        sum += down * across * from.Plane(c)[(row * from.Width) + column];
                    }
                }

                Assert.InRange(to.Pixels[i], Math.Clamp(sum, 0, 255) - 1, Math.Clamp(sum, 0, 255) + 1);
            }
        }
    }

    [Fact]
    public void FlatImagesStayFlat()
    {
        var image = new PlanarImage();
        image.SetSize(3, 7, 9);
        image.Pixels.Fill(201);
        var to = new PlanarImage();
        foreach (ImageInterpolation way in Enum.GetValues<ImageInterpolation>())
        {
            foreach (var (height, width) in ((int, int)[])[(3, 4), (14, 5), (20, 31), (7, 9), (1, 1)])
            {
                ImageResizer.Resize(image, height, width, to, way);
                Assert.Equal(3 * height * width, to.Pixels.Length);
                Assert.All(to.Pixels.ToArray(), pixel => Assert.InRange(pixel, 200, 202));
            }
        }
    }

    // The pixels of one axis and their weights, which together are one.
    private static (int Place, double Weight)[] Weights(ImageInterpolation way, int at, int from, int to)
    {
        double place = ((at + 0.5) * from / to) - 0.5;
        (int Place, double Weight)[] all =
        [
            .. Enumerable.Range((int)Math.Floor(place) - 3, 8).Select(i => (
                Math.Clamp(i, 0, from - 1),
                way == ImageInterpolation.Cubic ? Cubic(Math.Abs(place - i)) : Lanczos(place - i))),
        ];
        double total = all.Sum(w => w.Weight);
        return [.. all.Select(w => (w.Place, w.Weight / total))];
    }

    private static double Cubic(double t) => t switch
    {
        < 1 => (1.25 * t * t * t) - (2.25 * t * t) + 1,
        < 2 => -0.75 * ((t * t * t) - (5 * t * t) + (8 * t) - 4),
        _ => 0,
    };

    private static double Lanczos(double t) => Math.Abs(t) < 1e-9 ? 1
        : Math.Abs(t) >= 4 ? 0
        : Math.Sin(Math.PI * t) * Math.Sin(Math.PI * t / 4) / (Math.PI * Math.PI * t * t / 4);

    private static byte[] Row(ImageInterpolation way, int width, params byte[] pixels) =>
        Resized(way, (1, pixels.Length), (1, width), pixels);

    private static byte[] Resized(
        ImageInterpolation way, (int Height, int Width) size, (int Height, int Width) wanted, params byte[] pixels)
    {
        var from = new PlanarImage();
        from.SetSize(1, size.Height, size.Width);
        pixels.CopyTo(from.Pixels);
        var to = new PlanarImage();
        ImageResizer.Resize(from, wanted.Height, wanted.Width, to, way);
        return to.Pixels.ToArray();
    }
}
