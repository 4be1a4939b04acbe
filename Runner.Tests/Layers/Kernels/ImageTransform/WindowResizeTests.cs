using Cnn.Layers.Kernels.ImageTransform;

namespace Cnn.Tests.Layers.Kernels.ImageTransform;

[Trait("Category", "Kernel")]
public sealed unsafe class WindowResizeTests
{
    private static readonly float[] Row = [0, 10, 20, 30];

    [Fact]
    public void AWindowOfItsOwnSizeIsCopied()
    {
        float[] image = [.. Enumerable.Range(0, 2 * 4 * 5).Select(i => (float)i)];
        Assert.Equal(
            [6, 7, 8, 11, 12, 13, 26, 27, 28, 31, 32, 33],
            Run(image, 2, 4, 5, ResizeAxis.Of(1, 2, 2), ResizeAxis.Of(1, 3, 3)));
    }

    [Fact]
    public void HalfTheSizeTakesTheMiddleOfEachPair() =>
        Assert.Equal([5, 25], Run(Row, 1, 1, 4, ResizeAxis.Of(0, 1, 1), ResizeAxis.Of(0, 4, 2)));

    [Fact]
    public void TwiceTheSizeRepeatsTheEdgesAndInterpolatesBetween() => Assert.Equal(
        [0, 2.5f, 7.5f, 12.5f, 17.5f, 22.5f, 27.5f, 30],
        Run(Row, 1, 1, 4, ResizeAxis.Of(0, 1, 1), ResizeAxis.Of(0, 4, 8)));

    [Fact]
    public void PixelsBesideTheWindowAreNotSeen() => Assert.Equal(
        [10, 12.5f, 17.5f, 20],
        Run(Row, 1, 1, 4, ResizeAxis.Of(0, 1, 1), ResizeAxis.Of(1, 2, 4)));

    [Fact]
    public void AWindowMayBeginBetweenPixels() => Assert.Equal(
        [7.5f, 22.5f],
        Run(Row, 1, 1, 4, ResizeAxis.Of(0, 1, 1), new ResizeAxis(0.5, 1.5, 0, 4, 2)));

    [Theory]
    [InlineData(1, 1, 1, 7, 5)]
    [InlineData(3, 9, 40, 7, 19)]
    [InlineData(2, 30, 33, 45, 70)]
    [InlineData(3, 64, 200, 20, 23)]
    public void TheFastResizeEqualsTheReference(int channels, int height, int width, int rows, int columns)
    {
        var random = new Random(5);
        var bytes = new byte[channels * height * width];
        random.NextBytes(bytes);
        float[] floats = Array.ConvertAll(bytes, value => (float)value);
        for (int i = 0; i < 20; i++)
        {
            int h = random.Next(1, height + 1), w = random.Next(1, width + 1);
            ResizeAxis vertical = ResizeAxis.Of(random.Next(height - h + 1), h, rows);
            ResizeAxis horizontal = ResizeAxis.Of(random.Next(width - w + 1), w, columns);
            var expected = new float[channels * rows * columns];
            fixed (byte* source = bytes)
            fixed (float* target = expected)
            {
                WindowResize.Reference(source, channels, height, width, vertical, horizontal, target);
            }

            Assert.Equal(expected, Run(bytes, channels, height, width, vertical, horizontal));
            Assert.Equal(expected, Run(floats, channels, height, width, vertical, horizontal));
        }
    }

    private static float[] Run<T>(
        T[] image, int channels, int height, int width, ResizeAxis rows, ResizeAxis columns)
        where T : unmanaged
    {
        var target = new float[channels * rows.Length * columns.Length];
        var scratch = new float[WindowResize.ScratchSize(columns)];
        fixed (T* source = image)
        fixed (float* to = target, temporary = scratch)
        {
            WindowResize.Run(source, channels, height, width, rows, columns, to, temporary);
        }

        return target;
    }
}
