using Cnn.Layers.Kernels.ImageTransform;

namespace Cnn.Tests.Layers.Kernels.ImageTransform;

[Trait("Category", "Kernel")]
public sealed unsafe class AffineWarpTests
{
    private static readonly float[] Image = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

    [Fact]
    public void TheIdentityKeepsEveryPixelOfEveryChannel()
    {
        Assert.Equal(Image, Run(new AffineWarp(1, 0, 0, 0, 1, 0), 2, 2, 3, 2, 3));
        byte[] image = [.. Image.Select(v => (byte)v)];
        Assert.Equal(image, RunBytes(image, new AffineWarp(1, 0, 0, 0, 1, 0), 2, 2, 3));
    }

    [Fact]
    public void AShiftByOneLeavesZerosAtTheBorder() =>
        Assert.Equal([0, 1, 2, 0, 4, 5, 0, 7, 8, 0, 10, 11], Run(new AffineWarp(1, 0, -1, 0, 1, 0), 1, 4, 3, 4, 3));

    [Fact]
    public void BetweenPixelsTheValueIsInterpolated()
    {
        float[] half = Run(new AffineWarp(1, 0, 0.5f, 0, 1, 0.25f), 1, 2, 3, 1, 2);

        // Rows 1 2 3 and 4 5 6: three quarters of 1.5 and one quarter of 4.5, and so on.
        Assert.Equal([2.25f, 3.25f], half);
        Assert.Equal([2], RunBytes([1, 2, 1, 2], new AffineWarp(1, 0, 0.5f, 0, 1, 0.5f), 1, 2, 2)[..1]);
    }

    [Fact]
    public void RowsAndColumnsMayMix() =>
        Assert.Equal([1, 4, 7, 10, 2, 5, 8, 11, 3, 6, 9, 12], Run(new AffineWarp(0, 1, 0, 1, 0, 0), 1, 4, 3, 3, 4));

    [Fact]
    public void FarOutsideAndNotANumberAreZero()
    {
        Assert.All(Run(new AffineWarp(1e30f, 0, 1e35f, 0, 1, 0), 1, 4, 3, 4, 3), value => Assert.Equal(0, value));
        Assert.All(Run(new AffineWarp(float.NaN, 0, 0, 0, 1, 0), 1, 4, 3, 4, 3), value => Assert.Equal(0, value));
    }

    [Fact]
    public void OutsideTheImageIsTheFill()
    {
        var shift = new AffineWarp(1, 0, -1, 0, 1, 0);
        Assert.Equal([7, 1, 2, 7, 4, 5, 7, 7, 8, 7, 10, 11], Run(shift, 1, 4, 3, 4, 3, fill: 7));
        Assert.Equal([4, 1.5f, 2.5f], Run(new AffineWarp(1, 0, -0.5f, 0, 1, 0), 1, 4, 3, 1, 3, fill: 7));
        Assert.All(
            Run(new AffineWarp(float.NaN, 0, 0, 0, 1, 0), 1, 4, 3, 4, 3, fill: 7), value => Assert.Equal(7, value));
        Assert.Equal([255, 1], RunBytes([1, 2], shift, 1, 1, 2, fill: 300));
        Assert.Equal([0, 1], RunBytes([1, 2], shift, 1, 1, 2, fill: -3));
        Assert.Equal([128, 1], RunBytes([1, 2], shift, 1, 1, 2, fill: 127.5f));
    }

    [Fact]
    public void DisplacementsAddToTheMap() => Assert.Equal(
        [2, 3, 0, 7, 6.5f, 0],
        Run(
            new AffineWarp(1, 0, 0, 0, 1, 0), 1, 4, 3, 2, 3,
            right: [1, 1, 1, 0, 0, 9], down: [0, 0, 0, 1, 0.5f, 0]));

    [Fact]
    public void OneColumnOrRowHasNoNeighbours()
    {
        Assert.Equal([0.5f, 1, 0.5f], Run(new AffineWarp(0.5f, 0, -0.5f, 0, 1, 0), 1, 1, 1, 1, 3));
        Assert.Equal([0.5f, 1, 0.5f], Run(new AffineWarp(1, 0, 0, 0, 0.5f, -0.5f), 1, 1, 1, 3, 1));
    }

    private static float[] Run(
        AffineWarp map, int channels, int height, int width, int rows, int columns,
        float fill = 0, float[]? right = null, float[]? down = null)
    {
        float[] target = new float[channels * rows * columns];
        fixed (float* from = Image, to = target, x = right, y = down)
        {
            map.Run(from, channels, height, width, rows, columns, to, fill, x, y);
        }

        return target;
    }

    private static byte[] RunBytes(
        byte[] image, AffineWarp map, int channels, int height, int width, float fill = 0)
    {
        byte[] target = new byte[image.Length];
        fixed (byte* from = image, to = target)
        {
            map.Run(from, channels, height, width, height, width, to, fill);
        }

        return target;
    }
}
