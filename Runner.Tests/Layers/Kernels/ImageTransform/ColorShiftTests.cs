using Cnn.Layers.Kernels.ImageTransform;

namespace Cnn.Tests.Layers.Kernels.ImageTransform;

[Trait("Category", "Kernel")]
public sealed unsafe class ColorShiftTests
{
    private const float Infinity = float.PositiveInfinity;

    // Blue, green and red; the grey level is 0.114 * 100 + 0.587 * 50 + 0.299 * 200 = 100.55.
    private static readonly float[] Pixel = [100, 50, 200];

    [Fact]
    public void BrightnessMultipliesThePixels() =>
        Assert.Equal([150, 75, 300], Run(new ColorShift(1.5f, null, null, null, -Infinity, Infinity), Pixel, 1, 1));

    [Fact]
    public void BytesStayWithinTheirRange()
    {
        byte[] pixel = [100, 50, 200];
        Assert.Equal([150, 75, 255], Run(new ColorShift(1.5f, null, null, null, 0, 255), pixel, 1, 1));
        Near([0, 0, 255], Run(new ColorShift(1, 3, null, null, 0, 255), (float[])[20, 10, 250], 1, 1));
    }

    [Fact]
    public void ContrastIsAboutTheMeanGreyOfTheWindow()
    {
        Near([100.275f, 75.275f, 150.275f], Run(new ColorShift(1, 0.5f, null, null, 0, 255), Pixel, 1, 1));

        // One channel is grey itself, several that are no colours are as much as their mean: (10 + 20 + 60 + 30) / 4.
        Near([20, 25, 45, 30], Run(new ColorShift(1, 0.5f, null, null, 0, 255), [10, 20, 60, 30], 4, 1, channels: 1));
        Near([20, 25, 45, 30], Run(new ColorShift(1, 0.5f, null, null, 0, 255), [10, 20, 60, 30], 2, 1, channels: 2));
    }

    [Fact]
    public void ContrastSeesTheBrightnessBeforeIt() =>
        Near(
            [82.5f, 37.5f],
            Run(new ColorShift(3, 0.5f, null, null, 0, 255), [35, 5, 200], 2, 1, channels: 1, width: 3));

    [Fact]
    public void SaturationIsTowardsTheGreyOfEachPixel()
    {
        Near([100.55f, 100.55f, 100.55f], Run(new ColorShift(1, null, 0, null, 0, 255), Pixel, 1, 1));
        Near([100.275f, 75.275f, 150.275f], Run(new ColorShift(1, null, 0.5f, null, 0, 255), Pixel, 1, 1));
    }

    [Theory]
    [InlineData(1 / 3f, 50, 200, 100)]
    [InlineData(-1 / 3f, 200, 100, 50)]
    [InlineData(0.5f, 150, 200, 50)]
    [InlineData(0, 100, 50, 200)]
    public void AThirdOfATurnGivesEachColourTheNextOnesValue(float turn, float blue, float green, float red) =>
        Near([blue, green, red], Run(new ColorShift(1, null, null, turn, 0, 255), Pixel, 1, 1));

    [Fact]
    public void GreyHasNoHueToTurn() =>
        Assert.Equal([77, 77, 77], Run(new ColorShift(1, null, null, 0.3f, 0, 255), (float[])[77, 77, 77], 1, 1));

    [Fact]
    public void FactorsOfOneAndNoTurnKeepEveryBit()
    {
        var image = new byte[3 * 9 * 21];
        new Random(1).NextBytes(image);
        Assert.Equal(image.Select(v => (float)v), Run(new ColorShift(1, 1, 1, null, 0, 255), image, 21, 9));
    }

    [Theory]
    [InlineData(1.3f, null, null, null)]
    [InlineData(0.7f, 1.4f, 0.6f, 0.1f)]
    [InlineData(1.4f, 0.6f, 1.4f, -0.45f)]
    [InlineData(1f, null, 1.9f, 0.5f)]
    [InlineData(1f, null, null, -0.5f)]
    public void TheFastShiftIsWithinRoundingOfTheReference(
        float brightness, float? contrast, float? saturation, float? hue)
    {
        var shift = new ColorShift(brightness, contrast, saturation, hue, 0, 255);
        foreach (int width in (int[])[1, 5, 16, 37])
        {
            var image = new byte[3 * 4 * width];
            new Random(width).NextBytes(image);
            float[] expected = Reference(shift, image, 4 * width);
            Near(expected, Run(shift, image, width, 4), 2e-3f);
            Near(expected, Run(shift, Array.ConvertAll(image, value => (float)value), width, 4), 2e-3f);
        }
    }

    [Fact]
    public void OnlyTheWindowIsReadAndWrittenAndTheTargetMayBeTheSource()
    {
        var image = new float[3 * 4 * 5];
        Array.Fill(image, float.NaN);
        var window = new ImageWindow(3, 4, 5, 1, 2, 2, 3);
        for (int i = 0; i < 18; i++)
        {
            image[window.Offset(i / 6, i / 3 % 2) + (i % 3)] = 10;
        }

        fixed (float* pixels = image)
        {
            new ColorShift(2, 0.5f, 0.5f, null, 0, 255).Run(pixels, window, pixels);
        }

        Assert.Equal(18, image.Count(value => Math.Abs(value - 20) < 1e-4));
        Assert.Equal(42, image.Count(float.IsNaN));
    }

    // The textbook's way, through hue, saturation and value.
    private static float[] Reference(ColorShift shift, byte[] image, int plane)
    {
        double Hold(double value) => Math.Clamp(value, shift.Least, shift.Most);
        double Grey(double[] bgr) => (0.114 * bgr[0]) + (0.587 * bgr[1]) + (0.299 * bgr[2]);
        double[][] pixels =
        [
            .. Enumerable.Range(0, plane).Select(
                i => (double[])[image[i], image[plane + i], image[(2 * plane) + i]]),
        ];
        pixels = [.. pixels.Select(bgr => Array.ConvertAll(bgr, v => Hold(v * shift.Brightness)))];
        double mean = pixels.Average(Grey);
        double contrast = shift.Contrast ?? 1, saturation = shift.Saturation ?? 1;
        pixels = [.. pixels.Select(bgr => Array.ConvertAll(bgr, v => Hold((contrast * v) + ((1 - contrast) * mean))))];
        pixels = [.. pixels.Select(
            bgr => Array.ConvertAll(bgr, v => Hold((saturation * v) + ((1 - saturation) * Grey(bgr)))))];
        pixels = [.. pixels.Select(bgr => Turn(bgr, shift.Hue ?? 0))];
        return [.. Enumerable.Range(0, 3).SelectMany(c => pixels.Select(bgr => (float)bgr[c]))];
    }

    private static double[] Turn(double[] bgr, double turn)
    {
        var (b, g, r) = (bgr[0], bgr[1], bgr[2]);
        double value = bgr.Max(), chroma = value - bgr.Min();
        if (chroma == 0)
        {
            return bgr;
        }

        double sixths = value == r ? (g - b) / chroma : value == g ? ((b - r) / chroma) + 2 : ((r - g) / chroma) + 4;
        sixths = (((sixths + (6 * turn)) % 6) + 6) % 6;
        double low = value - chroma, part = chroma * (1 - Math.Abs((sixths % 2) - 1));
        return (int)sixths switch
        {
            0 => [low, low + part, value],
            1 => [low, value, low + part],
            2 => [low + part, value, low],
            3 => [value, low + part, low],
            4 => [value, low, low + part],
            _ => [low + part, low, value],
        };
    }

    private static void Near(float[] expected, float[] actual, float tolerance = 1e-3f)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, tolerance));
    }

    // The window is the first columns of the image, all of them unless its width is given.
    private static float[] Run(
        ColorShift shift, float[] image, int columns, int height, int channels = 3, int? width = null) =>
        Shift(shift, image, columns, height, channels, width ?? columns);

    private static float[] Run(ColorShift shift, byte[] image, int columns, int height) =>
        Shift(shift, image, columns, height, 3, columns);

    private static float[] Shift<T>(ColorShift shift, T[] image, int columns, int height, int channels, int width)
        where T : unmanaged
    {
        var target = new float[image.Length];
        var window = new ImageWindow(channels, height, width, 0, 0, height, columns);
        fixed (T* source = image)
        fixed (float* to = target)
        {
            shift.Run(source, window, to);
        }

        return width == columns ? target : target[..columns];
    }
}
