using Cnn.Layers.Kernels.ImageTransform;

namespace Cnn.Tests.Layers.Kernels.ImageTransform;

[Trait("Category", "Kernel")]
public sealed unsafe class RectangleFillTests
{
    [Fact]
    public void TheRectangleIsFilledInEveryChannel() => Assert.Equal(
        [0, 0, 0, 0, 7, 7, 0, 7, 7, 0, 0, 0, 0, 7, 7, 0, 7, 7], Run(top: 1, left: 1, rows: 2, columns: 2));

    [Theory]
    [InlineData(-1, -1, 2, 2, 1)]
    [InlineData(2, 1, 5, 9, 2)]
    [InlineData(-5, -5, 20, 20, 9)]
    [InlineData(3, 0, 2, 2, 0)]
    [InlineData(0, -4, 2, 3, 0)]
    [InlineData(1, 1, 0, 0, 0)]
    public void WhatIsOutsideIsCutOff(int top, int left, int rows, int columns, int expected)
    {
        float[] image = Run(top, left, rows, columns);
        Assert.Equal(2 * expected, image.Count(value => value == 7));
        Assert.Equal(18 - (2 * expected), image.Count(value => value == 0));
    }

    private static float[] Run(int top, int left, int rows, int columns)
    {
        var image = new float[2 * 3 * 3];
        fixed (float* values = image)
        {
            RectangleFill.Run(values, 2, 3, 3, top, left, rows, columns, 7);
        }

        return image;
    }
}
