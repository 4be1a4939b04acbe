using Cnn.Layers.Kernels.ImageTransform;

namespace Cnn.Tests.Layers.Kernels.ImageTransform;

/// <summary>The kernels of 8-bit images.</summary>
[Trait("Category", "Unit")]
public sealed class ByteImageKernelTests
{
    [Fact]
    public void TablesRoundToEvenAndSaturate()
    {
        var table = new byte[256];
        ByteTable.Fill(table, 0.5f, 0);
        Assert.Equal([0, 0, 1, 2, 2, 2, 3, 4], table.Take(8));
        ByteTable.Fill(table, 2, -100);
        Assert.Equal((0, 0, 2, 255), (table[0], table[50], table[51], table[200]));
        byte[] pixels = [51, 200, 0];
        ByteTable.Run(pixels, table);
        Assert.Equal([2, 255, 0], pixels);
    }

    // The values are OpenCV's documented examples of pure colours and greys.
    [Theory]
    [InlineData(0, 0, 255, 0, 255, 255)]
    [InlineData(0, 255, 0, 60, 255, 255)]
    [InlineData(255, 0, 0, 120, 255, 255)]
    [InlineData(0, 255, 255, 30, 255, 255)]
    [InlineData(255, 0, 255, 150, 255, 255)]
    [InlineData(100, 100, 100, 0, 0, 100)]
    [InlineData(0, 0, 0, 0, 0, 0)]
    [InlineData(64, 128, 128, 30, 128, 128)]
    public void HueSaturationAndValueOfColours(byte blue, byte green, byte red, byte hue, byte saturation, byte value)
    {
        byte[] a = [blue], b = [green], c = [red];
        HsvBytes.FromColor(a, b, c);
        Assert.Equal((hue, saturation, value), (a[0], b[0], c[0]));
        HsvBytes.ToColor(a, b, c);
        Assert.Equal((blue, green, red), (a[0], b[0], c[0]));
    }

    [Fact]
    public void ColoursComeBackFromTheirHues()
    {
        var random = new Random(1);
        byte[] blue = new byte[4000], green = new byte[4000], red = new byte[4000];
        random.NextBytes(blue);
        random.NextBytes(green);
        random.NextBytes(red);
        byte[][] before = [[.. blue], [.. green], [.. red]];
        HsvBytes.FromColor(blue, green, red);
        Assert.All(blue, hue => Assert.InRange(hue, 0, 180));
        HsvBytes.ToColor(blue, green, red);
        for (int i = 0; i < blue.Length; i++)
        {
            // A unit of the hue is 1 / 30 of a sixth, and so up to 255 / 60 of a channel after rounding.
            Assert.InRange(Math.Abs(blue[i] - before[0][i]), 0, 6);
            Assert.InRange(Math.Abs(green[i] - before[1][i]), 0, 6);
            Assert.InRange(Math.Abs(red[i] - before[2][i]), 0, 6);
        }
    }

    [Fact]
    public void EqualisedLevelsAreSharesOfThePixels()
    {
        byte[] grey = [10, 10, 20, 30, 30, 40];
        Equalization.Run(grey);

        // 4 of 6 pixels are above the darkest: 20 is 1 of 4, 30 is 3, 40 is 4.
        Assert.Equal([0, 0, 64, 191, 191, 255], grey);
        byte[] flat = [7, 7];
        Equalization.Run(flat);
        Assert.Equal([7, 7], flat);
        byte[] blue = [10, 200, 90], green = [10, 200, 90], red = [10, 200, 90];
        Equalization.Run(blue, green, red);
        Assert.Equal([0, 255, 128], blue);
        Assert.Equal(blue, green);
        Assert.Equal(blue, red);
    }

    [Fact]
    public void ABlurIsTheSumOverAllWeights()
    {
        const int Height = 9, Width = 11;
        var random = new Random(2);
        var plane = new byte[Height * Width];
        random.NextBytes(plane);
        double[] weights = [.. Enumerable.Range(-3, 7).Select(k => Math.Exp(-k * k / 4.5))];
        double total = weights.Sum();
        var expected = new double[plane.Length];
        for (int i = 0; i < plane.Length; i++)
        {
            for (int y = -3; y <= 3; y++)
            {
                for (int x = -3; x <= 3; x++)
                {
                    int row = BytePadding.Mirror((i / Width) + y, Height);
                    int column = BytePadding.Mirror((i % Width) + x, Width);
                    expected[i] += weights[y + 3] * weights[x + 3] * plane[(row * Width) + column] / (total * total);
                }
            }
        }

        GaussianBlur.Run(plane, Height, Width);
        for (int i = 0; i < plane.Length; i++)
        {
            Assert.InRange(plane[i], expected[i] - 0.51, expected[i] + 0.51);
        }

        byte[] one = [9];
        GaussianBlur.Run(one, 1, 1);
        Assert.Equal([9], one);
    }

    [Fact]
    public void PlanesContinueMirroredOrRepeated()
    {
        byte[] from = [1, 2, 3];
        var to = new byte[9];
        BytePadding.Continue(from, 1, 3, to, 9, 0, 3, isMirrored: true);
        Assert.Equal([2, 3, 2, 1, 2, 3, 2, 1, 2], to);
        BytePadding.Continue(from, 1, 3, to, 9, 0, 3, isMirrored: false);
        Assert.Equal([1, 1, 1, 1, 2, 3, 3, 3, 3], to);
        var placed = new byte[8];
        BytePadding.Place(from, 3, placed, 4, 1, 1);
        Assert.Equal([0, 0, 0, 0, 0, 1, 2, 3], placed);
    }
}
