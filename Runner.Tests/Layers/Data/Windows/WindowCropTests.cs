using Cnn.Layers.Data.Windows;

namespace Cnn.Tests.Layers.Data.Windows;

[Trait("Category", "Unit")]
public class WindowCropTests
{
    [Fact]
    public void WithoutContextTheWindowFillsTheSquare() => Assert.Equal(
        new WindowCrop(2, 3, 5, 4, 0, 0, 8, 8), WindowCrop.Of(Window(2, 3, 6, 6), 20, 20, 8, 0, false, mirror: true));

    // crop 10 and context 2: the window fills 6 of the 10 pixels, so that it is widened by 10 / 6. A window of 6 x 3 at
    // (6, 9) has its centre at (9, 10.5) and becomes x 4 to 14, y 8 to 13: 11 x 6, all within the image.
    [Fact]
    public void ContextWidensTheWindowAboutItsCentre() => Assert.Equal(
        new WindowCrop(4, 8, 11, 6, 0, 0, 10, 10), WindowCrop.Of(Window(6, 9, 11, 11), 30, 30, 10, 2, false, false));

    // The same window at (0, 9): x -2 to 8, of which two columns lie outside, 2 * 10 / 11 = 1.8 of the square's.
    [Fact]
    public void WhatLiesOutsideTheImageStaysEmptyOnItsSide()
    {
        Assert.Equal(
            new WindowCrop(0, 8, 9, 6, 2, 0, 8, 10), WindowCrop.Of(Window(0, 9, 5, 11), 30, 30, 10, 2, false, false));
        Assert.Equal(
            new WindowCrop(0, 8, 9, 6, 0, 0, 8, 10), WindowCrop.Of(Window(0, 9, 5, 11), 30, 30, 10, 2, false, true));
    }

    // A window of 6 x 2 at (10, 10) is widened to 6 x 6 about (13, 11): x 10 to 16, y 8 to 14.
    [Fact]
    public void ASquareTakesTheLongerSide() => Assert.Equal(
        new WindowCrop(10, 8, 7, 7, 0, 0, 12, 12), WindowCrop.Of(Window(10, 10, 15, 11), 30, 30, 12, 0, true, false));

    [Theory]
    [InlineData(0, false)]
    [InlineData(2, true)]
    public void AWindowOutsideTheImageHasNoCrop(int context, bool isSquare)
    {
        Assert.Null(WindowCrop.Of(Window(40, 40, 50, 50), 30, 30, 10, context, isSquare, false));
        Assert.Null(WindowCrop.Of(Window(-50, 0, -40, 5), 30, 30, 10, context, isSquare, false));
        WindowCrop.Of(Window(int.MinValue, 0, int.MaxValue, 5), 30, 30, 10, context, isSquare, false);
    }

    private static LabelledWindow Window(int x1, int y1, int x2, int y2) => new(0, 1, 1, x1, y1, x2, y2);
}
