using Cnn.Layers.Data.Transform;
using Cnn.Layers.Kernels.ImageTransform;
using Cnn.Proto;

namespace Cnn.Tests.Layers.Data.Transform;

[Trait("Category", "Unit")]
public sealed unsafe class ResizedCropTests
{
    private const int Side = 4;

    private static readonly ImageShape Shape = new(2, 48, 64);

    [Fact]
    public void WindowsHaveTheAreaAndTheAspectAskedFor()
    {
        (double Top, double Left, double Height, double Width)[] windows =
            Windows("random_resized_crop { size: 4 min_area: 0.1 max_area: 0.5 }", Shape, 2000);
        double[] areas = [.. windows.Select(window => window.Height * window.Width / (48 * 64))];
        Assert.InRange(areas.Min(), 0.09, 0.12);
        Assert.InRange(areas.Max(), 0.47, 0.52);
        Assert.InRange(areas.Average(), 0.28, 0.32);
        double[] aspects = [.. windows.Select(window => window.Width / window.Height)];
        Assert.InRange(aspects.Min(), 0.7, 0.78);
        Assert.InRange(aspects.Max(), 1.28, 1.4);
        Assert.InRange(aspects.Average(Math.Log), -0.02, 0.02);
    }

    [Fact]
    public void WindowsAreAnywhereInTheImage()
    {
        (double Top, double Left, double Height, double Width)[] windows =
            Windows("random_resized_crop { size: 4 min_area: 0.1 max_area: 0.3 }", Shape, 2000);
        Assert.InRange(windows.Min(window => window.Top), -0.01, 0.01);
        Assert.InRange(windows.Min(window => window.Left), -0.01, 0.01);
        Assert.InRange(windows.Max(window => window.Top + window.Height), 47.99, 48.01);
        Assert.InRange(windows.Max(window => window.Left + window.Width), 63.99, 64.01);
        Assert.All(windows, window => Assert.Equal(Math.Round(window.Left), window.Left, 1e-3));
        Assert.InRange(windows.Average(window => window.Left + (window.Width / 2)), 31, 33);
        Assert.InRange(windows.Average(window => window.Top + (window.Height / 2)), 23, 25);
    }

    [Fact]
    public void WhereNoWindowFitsItIsTheLargestInTheCentreOfAnAllowedAspect()
    {
        const string Text = "random_resized_crop { size: 4 min_area: 1 }";
        Assert.Equal([(0, 43, 10, 13)], Windows(Text, new ImageShape(2, 10, 100), 30).Distinct().Select(Rounded));
        Assert.Equal([(43, 0, 13, 10)], Windows(Text, new ImageShape(2, 100, 10), 30).Distinct().Select(Rounded));

        static (double, double, double, double) Rounded((double Top, double Left, double Height, double Width) w) =>
            (Math.Round(w.Top), Math.Round(w.Left), Math.Round(w.Height), Math.Round(w.Width));
    }

    [Fact]
    public void TheWholeImageAtItsOwnSizeKeepsEveryBit()
    {
        const string Text = "random_resized_crop { height: 9 width: 9 min_area: 1 min_aspect: 1 max_aspect: 1 }";
        var shape = new ImageShape(3, 9, 9);
        byte[] image = Transforms.Image(shape);
        Assert.Equal(Transforms.Floats(image), Transforms.Plan(Text, shape).Run(image));
        Assert.Equal(Transforms.Floats(image), Transforms.Plan(Text, shape).Run(Transforms.Floats(image)));
    }

    [Fact]
    public void TestingTakesTheCentreOfTheResizedImage()
    {
        // The shorter side becomes 14 / 0.875 = 16; 14 of 16 rows and of 32 columns are cut out.
        var shape = new ImageShape(2, 9, 18);
        byte[] image = Transforms.Image(shape);
        float[] resized = new float[2 * 16 * 32];
        fixed (byte* source = image)
        fixed (float* target = resized)
        {
            WindowResize.Reference(source, 2, 9, 18, ResizeAxis.Of(0, 9, 16), ResizeAxis.Of(0, 18, 32), target);
        }

        float[] expected = [.. resized.Where((_, i) => i / 32 % 16 is > 0 and < 15 && i % 32 is > 8 and < 23)];
        TransformPlan plan = Transforms.Plan("random_resized_crop { size: 14 }", shape, Phase.Test);
        Assert.All(expected.Zip(plan.Run(image)), pair => Assert.Equal(pair.First, pair.Second, 1e-3));
        Assert.Equal(plan.Run(image), plan.Run(image, 1));
    }

    [Fact]
    public void TestingOnAnImageOfTheResizedSizeIsAPlainCrop()
    {
        var shape = new ImageShape(3, 16, 19);
        byte[] image = Transforms.Image(shape);
        Assert.Equal(
            Transforms.Plan("crop_size: 14", shape, Phase.Test).Run(image),
            Transforms.Plan("random_resized_crop { size: 14 }", shape, Phase.Test).Run(image));
    }

    [Fact]
    public void TheMirrorFlipsTheResizedWindow()
    {
        const string Text = "random_resized_crop { height: 3 width: 5 }";
        byte[] image = Transforms.Image(Shape);
        int flipped = 0;
        for (int i = 0; i < 50; i++)
        {
            float[] plain = Transforms.Plan(Text, Shape).Run(image, i);
            float[] mirrored = Transforms.Plan(Text + " mirror: true", Shape).Run(image, i);
            float[] reversed = [.. plain.Chunk(5).SelectMany(row => row.Reverse())];
            Assert.True(mirrored.SequenceEqual(plain) || mirrored.SequenceEqual(reversed));
            flipped += mirrored.SequenceEqual(reversed) ? 1 : 0;
        }

        Assert.InRange(flipped, 15, 35);
    }

    [Fact]
    public void ItComesAfterThePaddingAndBeforeColoursMeanAndCutout()
    {
        const string Text = "pad: 8 distortion { rotation: 10 } random_resized_crop { size: 6 } mean_value: 7";
        byte[] image = Transforms.Image(Shape);
        TransformPlan plan = Transforms.Plan(Text + " color_jitter { brightness: 0.5 } cutout { size: 2 }", Shape);
        Assert.Equal(new ImageShape(2, 6, 6), plan.Output);
        float[] plain = Transforms.Plan(Text, Shape).Run(image), changed = plan.Run(image);
        int kept = Array.FindIndex(changed, value => value != 0);
        float factor = (changed[kept] + 7) / (plain[kept] + 7);
        Assert.NotEqual(1, factor);
        Assert.InRange(changed.Count(value => value == 0), 2, 8);
        Assert.All(plain.Zip(changed).Where(pair => pair.Second != 0), pair => Assert.Equal(
            Math.Min(255, (pair.First + 7) * factor) - 7, pair.Second, 1e-2));
    }

    [Fact]
    public void AnImageIsCutTheSameWheneverItIsDrawn()
    {
        const string Text = "random_resized_crop { size: 4 }";
        byte[] image = Transforms.Image(Shape);
        TransformPlan plan = Transforms.Plan(Text, Shape);
        Assert.Equal(plan.Run(image, 5), Transforms.Plan(Text, Shape).Run(image, 5));
        Assert.Equal(plan.Run(image, 5), plan.Run(Transforms.Floats(image), 5));
        Assert.NotEqual(plan.Run(image, 5), plan.Run(image, 6));
        Assert.NotEqual(plan.Run(image, 5), Transforms.Plan(Text, Shape, seed: 2).Run(image, 5));
    }

    [Fact]
    public void OnePixelIsEnough() => Assert.Equal(
        [9, 9, 9, 9], Transforms.Plan("random_resized_crop { size: 2 }", new ImageShape(1, 1, 1)).Run((byte[])[9]));

    [Theory]
    [InlineData("random_resized_crop", "gives no size", "random_resized_crop { }")]
    [InlineData("random_resized_crop", "gives no size", "random_resized_crop { height: 4 }")]
    [InlineData("height", "size is given together with height", "random_resized_crop { size: 4 height: 4 }")]
    [InlineData("width", "size is given together with height", "random_resized_crop { size: 4 width: 4 }")]
    [InlineData("size", "size is 0", "random_resized_crop { size: 0 }")]
    [InlineData("size", "size is 20000", "random_resized_crop { size: 20000 }")]
    [InlineData("width", "width is 0", "random_resized_crop { height: 4 width: 0 }")]
    [InlineData("min_area", "min_area is 0", "random_resized_crop { size: 4 min_area: 0 }")]
    [InlineData("max_area", "max_area is 1.5", "random_resized_crop { size: 4 max_area: 1.5 }")]
    [InlineData("min_area", "min_area is 0.5", "random_resized_crop { size: 4 min_area: 0.5 max_area: 0.4 }")]
    [InlineData("min_aspect", "min_aspect is 2", "random_resized_crop { size: 4 min_aspect: 2 }")]
    [InlineData("max_aspect", "max_aspect is NaN", "random_resized_crop { size: 4 max_aspect: nan }")]
    [InlineData("crop_size", "both given", "crop_size: 3 random_resized_crop { size: 4 }")]
    [InlineData("mean_file", "both given", "mean_file: 'x' random_resized_crop { size: 4 }")]
    public void MistakesAreExplainedWhereTheyAre(string field, string expected, string text) =>
        Transforms.AssertError(text, Shape, field, expected);

    [Fact]
    public void ImagesOfTooManyValuesAreRefused() => Transforms.AssertError(
        "random_resized_crop { size: 16384 }", new ImageShape(5, 2, 2), "random_resized_crop", "too large");

    // Channel 0 has the number of each pixel's row, channel 1 that of its column, so the result tells the window.
    private static (double Top, double Left, double Height, double Width)[] Windows(
        string text, ImageShape shape, int count)
    {
        int plane = shape.Height * shape.Width;
        float[] image =
        [
            .. Enumerable.Range(0, 2 * plane).Select(
                i => (float)(i < plane ? i / shape.Width : i % shape.Width)),
        ];
        TransformPlan plan = Transforms.Plan(text, shape);
        return [.. Enumerable.Range(0, count).Select(i => Window(plan.Run(image, i)))];
    }

    private static (double Top, double Left, double Height, double Width) Window(float[] values)
    {
        const int Plane = Side * Side;
        double height = (values[Plane - 1] - values[0]) / (Side - 1.0) * Side;
        double width = (values[(2 * Plane) - 1] - values[Plane]) / (Side - 1.0) * Side;
        return (values[0] + 0.5 - (height / Side / 2), values[Plane] + 0.5 - (width / Side / 2), height, width);
    }
}
