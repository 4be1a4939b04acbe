using Cnn.Layers.Data.Transform;
using Cnn.Proto;

namespace Cnn.Tests.Layers.Data.Transform;

[Trait("Category", "Unit")]
public sealed class ColorJitterTests
{
    private const string All = "color_jitter { brightness: 0.4 contrast: 0.4 saturation: 0.4 hue: 0.1 }";

    private static readonly ImageShape One = new(1, 1, 2), Color = new(3, 1, 1), Photograph = new(3, 11, 19);

    [Fact]
    public void BrightnessIsDrawnEvenlyAsFarAsItsBound() =>
        AssertEven(Draws("brightness: 0.4", One, [100, 50], image => image[0] / 100), 0.6, 1.4);

    [Fact]
    public void ContrastMovesPixelsFromTheirMean() =>
        AssertEven(Draws("contrast: 0.3", One, [100, 50], image => (image[0] - 75) / 25), 0.7, 1.3);

    [Fact]
    public void SaturationMovesColoursFromTheirGrey() =>
        AssertEven(Draws("saturation: 0.5", Color, [100, 50, 200], image => (image[0] - image[2]) / -100), 0.5, 1.5);

    [Fact]
    public void TheHueTurnsBothWays()
    {
        // Red becomes yellower or bluer, by 6 * 100 levels a turn.
        double[] turns = Draws("hue: 0.1", Color, [100, 100, 200], image => (image[1] - image[0]) / 600);
        AssertEven(turns, -0.1, 0.1);
        Assert.All(Draws("hue: 0.1", Color, [100, 100, 200], image => image.Max()), v => Assert.Equal(200, v, 1e-3));
    }

    [Fact]
    public void TheFourAreDrawnApart()
    {
        double[] brightness = Draws("brightness: 0.4", One, [100, 50], image => (image[0] / 100) - 1);
        double[] contrast = Draws("contrast: 0.4", One, [100, 50], image => ((image[0] - 75) / 25) - 1);
        Assert.InRange(brightness.Zip(contrast, (a, b) => a * b).Average(), -0.005, 0.005);
    }

    [Fact]
    public void ItComesBeforeTheMeanAndTheScale()
    {
        float[] plain = Transforms.Plan(All, Photograph).Run(Transforms.Image(Photograph), 4);
        float[] image =
            Transforms.Plan(All + " mean_value: 100 scale: 0.5", Photograph).Run(Transforms.Image(Photograph), 4);
        Assert.Equal(plain.Select(value => (value - 100) * 0.5f), image);
    }

    [Fact]
    public void ItSeesWhatTheCropLeavesAndChangesNoOtherDraw()
    {
        var shape = new ImageShape(1, 20, 20);
        byte[] image = [.. Enumerable.Range(0, shape.Count).Select(i => (byte)(100 + (i % 53)))];
        for (int i = 0; i < 20; i++)
        {
            float[] plain = Transforms.Plan("crop_size: 5 mirror: true", shape).Run(image, i);
            float[] changed =
                Transforms.Plan("crop_size: 5 mirror: true color_jitter { contrast: 0.5 }", shape).Run(image, i);
            Assert.Equal(plain.Average(), changed.Average(), 1e-3);
            double factor = (changed[0] - plain.Average()) / (plain[0] - plain.Average());
            Assert.All(
                plain.Zip(changed),
                pair => Assert.Equal(((pair.First - plain.Average()) * factor) + plain.Average(), pair.Second, 1e-2));
        }
    }

    [Fact]
    public void BytesStayInTheirRangeAndFloatsNeedNot()
    {
        byte[] image = Transforms.Image(Photograph);
        TransformPlan plan = Transforms.Plan("color_jitter { brightness: 1 contrast: 1 }", Photograph);
        float[][] bytes = [.. Enumerable.Range(0, 30).Select(i => plan.Run(image, i))];
        Assert.Equal((0, 255), (bytes.Min(values => values.Min()), bytes.Max(values => values.Max())));
        float[][] floats = [.. Enumerable.Range(0, 30).Select(i => plan.Run(Transforms.Floats(image), i))];
        Assert.True(floats.Min(values => values.Min()) < -10 && floats.Max(values => values.Max()) > 300);
    }

    [Fact]
    public void BoundsOfZeroKeepEveryBit()
    {
        byte[] image = Transforms.Image(Photograph);
        float[] expected = Transforms.Floats(image);
        Assert.Equal(expected, Transforms.Plan("color_jitter { }", Photograph).Run(image));
        Assert.Equal(
            expected,
            Transforms.Plan("color_jitter { brightness: 0 contrast: 0 saturation: 0 hue: 0 }", Photograph)
                .Run(expected));
    }

    [Fact]
    public void AnImageIsChangedTheSameWheneverItIsDrawn()
    {
        byte[] image = Transforms.Image(Photograph);
        TransformPlan plan = Transforms.Plan(All, Photograph);
        Assert.Equal(plan.Run(image, 5), Transforms.Plan(All, Photograph).Run(image, 5));
        Assert.NotEqual(plan.Run(image, 5), plan.Run(image, 6));
        Assert.NotEqual(plan.Run(image, 5), Transforms.Plan(All, Photograph, seed: 2).Run(image, 5));
    }

    [Fact]
    public void TestingChangesNothing()
    {
        byte[] image = Transforms.Image(Photograph);
        Assert.Equal(Transforms.Floats(image), Transforms.Plan(All, Photograph, Phase.Test).Run(image));
    }

    [Theory]
    [InlineData("brightness", "brightness is 1.5", "color_jitter { brightness: 1.5 }")]
    [InlineData("contrast", "contrast is -0.1", "color_jitter { contrast: -0.1 }")]
    [InlineData("saturation", "saturation is NaN", "color_jitter { saturation: nan }")]
    [InlineData("hue", "hue is 0.6", "color_jitter { hue: 0.6 }")]
    [InlineData("saturation", "saturation is 0.5, but the images are 1 x 1 x 2", "color_jitter { saturation: 0.5 }")]
    [InlineData("hue", "hue is 0.1, but the images are 1 x 1 x 2", "color_jitter { brightness: 1 hue: 0.1 }")]
    public void MistakesAreExplainedWhereTheyAre(string field, string expected, string text) =>
        Transforms.AssertError(text, One, field, expected);

    private static double[] Draws(string bounds, ImageShape shape, byte[] image, Func<float[], double> measure)
    {
        TransformPlan plan = Transforms.Plan($"color_jitter {{ {bounds} }}", shape);
        return [.. Enumerable.Range(0, 2000).Select(i => measure(plan.Run(image, i)))];
    }

    private static void AssertEven(double[] draws, double least, double largest)
    {
        double part = (largest - least) / 100;
        Assert.InRange(draws.Min(), least - (part / 100), least + part);
        Assert.InRange(draws.Max(), largest - part, largest + (part / 100));
        Assert.InRange(draws.Average(), ((least + largest) / 2) - (3 * part), ((least + largest) / 2) + (3 * part));
    }
}
