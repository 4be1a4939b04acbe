using Cnn.Layers.Kernels.ImageTransform;

namespace Cnn.Tests.Layers.Kernels.ImageTransform;

/// <summary>Erosion, equalisation by tiles, L*a*b* and projective maps.</summary>
[Trait("Category", "Unit")]
public sealed class NoiseKernelTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 5)]
    [InlineData(6, 1)]
    [InlineData(7, 9)]
    public void ErosionTakesTheLeastOfACross(int height, int width)
    {
        var plane = new byte[height * width];
        new Random(1).NextBytes(plane);
        byte[] old = [.. plane];
        Erosion.Run(plane, height, width);
        for (int i = 0; i < plane.Length; i++)
        {
            int y = i / width, x = i % width;
            var cross = ((int, int)[])[(y, x), (y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)];
            int least = cross.Where(p => p.Item1 >= 0 && p.Item1 < height && p.Item2 >= 0 && p.Item2 < width)
                .Min(p => old[(p.Item1 * width) + p.Item2]);
            Assert.Equal(least, plane[i]);
        }
    }

    // The values are CIE's of sRGB's primaries, rounded; those below 0 become 0.
    [Theory]
    [InlineData(0, 0, 0, 0, 0, 0)]
    [InlineData(255, 255, 255, 100, 0, 0)]
    [InlineData(0, 0, 255, 53, 80, 67)]
    [InlineData(0, 255, 0, 88, 0, 83)]
    [InlineData(255, 0, 0, 32, 79, 0)]
    [InlineData(119, 119, 119, 50, 0, 0)]
    [InlineData(5, 5, 5, 1, 0, 0)]
    public void LabOfColours(byte blue, byte green, byte red, byte l, byte a, byte b)
    {
        byte[] first = [blue], second = [green], third = [red];
        LabBytes.FromColor(first, second, third);
        Assert.Equal((l, a, b), (first[0], second[0], third[0]));
    }

    [Fact]
    public void TilesOfOneLevelHaveTheClippedSum()
    {
        // A tile of 256 equal pixels: the limit is 4, and the other 252 count for the first 252 levels, one each; so
        // the sum at level 100 is 101 + 4, and of 256 pixels 255 times that.
        var plane = new byte[128 * 128];
        plane.AsSpan().Fill(100);
        TiledEqualization.Run(plane, 128, 128);
        Assert.All(plane, value => Assert.Equal(plane[0], value));
        Assert.Equal(105, plane[0]);
    }

    [Theory]
    [InlineData(64, 64)]
    [InlineData(61, 70)]
    [InlineData(64, 61)]
    [InlineData(3, 5)]
    public void EqualisedTilesKeepTheOrderOfLevelsAndSpreadThem(int height, int width)
    {
        var plane = new byte[height * width];
        new Random(2).NextBytes(plane);
        for (int i = 0; i < plane.Length; i++)
        {
            plane[i] = (byte)(100 + (plane[i] / 8));
        }

        byte[] old = [.. plane];
        TiledEqualization.Run(plane, height, width);
        if (height > 60)
        {
            Assert.True(plane.Max() - plane.Min() > 1.5 * (old.Max() - old.Min()));
        }

        // At one place a lighter level stays lighter: all tiles' tables rise.
        byte[] lighter = [.. old];
        int centre = ((height / 2) * width) + (width / 2);
        lighter[centre] = (byte)(old[centre] + 20);
        TiledEqualization.Run(lighter, height, width);
        Assert.True(lighter[centre] >= plane[centre]);
    }

    [Fact]
    public void ColoursKeepTheirHueWhereTilesAreEqualised()
    {
        byte[] blue = new byte[4096], green = new byte[4096], red = new byte[4096];
        for (int i = 0; i < blue.Length; i++)
        {
            blue[i] = green[i] = red[i] = (byte)(90 + (i % 64 / 2));
        }

        byte[] grey = [.. blue];
        TiledEqualization.Run(grey, 64, 64);
        TiledEqualization.Run(blue, green, red, 64, 64);
        Assert.Equal(grey, blue);
        Assert.Equal(grey, green);
        Assert.Equal(grey, red);
    }

    [Fact]
    public void AProjectiveMapTakesCornersToCornersAndBack()
    {
        ReadOnlySpan<(double X, double Y)> corners = [(1, 2), (20, -1), (18, 15), (3, 12)];
        Perspective map = Perspective.Of(4, 5, 30, 25, corners), back = map.Inverse();
        (double X, double Y)[] from = [(4, 5), (30, 5), (30, 25), (4, 25)];
        for (int i = 0; i < 4; i++)
        {
            var (x, y) = map.Map(from[i].X, from[i].Y);
            Assert.Equal(corners[i].X, x, 1e-9);
            Assert.Equal(corners[i].Y, y, 1e-9);
            (x, y) = back.Map(x, y);
            Assert.Equal(from[i].X, x, 1e-9);
            Assert.Equal(from[i].Y, y, 1e-9);
        }
    }

    [Theory]
    [InlineData(PlaneBorder.Zeros, 0)]
    [InlineData(PlaneBorder.Repeated, 10)]
    [InlineData(PlaneBorder.Mirrored, 20)]
    internal void APlaneContinuesAroundItself(PlaneBorder border, byte outside)
    {
        // The plane's first pixel is at (2, 1) of the continued plane, and moves to the second of the picture.
        byte[] plane = [10, 20, 30, 40], picture = new byte[4];
        Perspective shift = new(1, 0, 1, 0, 1, 2, 0, 0, 1);
        PerspectiveWarp.Run(plane, 2, 2, picture, shift, border);
        Assert.Equal([outside, 10], picture[..2]);
    }
}
