using Cnn.Proto;

namespace Cnn.Tests.Layers.Detection;

[Trait("Category", "Unit")]
public class PriorBoxLayerTests
{
    [Fact]
    public void EveryCellHasItsBoxes()
    {
        using LayerHarness harness = Make(
            "min_size: 4.9 max_size: 9.5 aspect_ratio: 4 variance: 0.1 variance: 0.2 variance: 0.3 variance: 0.4");
        harness.Forward();

        // Squares of 4 and of sqrt(4 x 9), 8 x 2 and 2 x 8, at each of 2 x 3 cells of 10 pixels in an image of 20 x 30.
        Assert.Equal([1, 2, 2 * 3 * 4 * 4], harness.Tops[0].Shape.ToArray());
        (float Width, float Height)[] sizes = [(4, 4), (6, 6), (8, 2), (2, 8)];
        int half = harness.Top.Length / 2;
        for (int i = 0; i < half / 4; i++)
        {
            var (width, height) = sizes[i % 4];
            float x = (i / 4 % 3 * 10) + 5, y = (i / 12 * 10) + 5;
            float[] expected =
            [
                (x - (width / 2)) / 30, (y - (height / 2)) / 20, (x + (width / 2)) / 30, (y + (height / 2)) / 20,
            ];
            for (int side = 0; side < 4; side++)
            {
                Assert.Equal(expected[side], harness.Top[(4 * i) + side], 1e-6f);
                Assert.Equal((side + 1) * 0.1f, harness.Top[half + (4 * i) + side], 1e-6f);
            }
        }
    }

    [Theory]
    [InlineData("min_size: 4", 1)]
    [InlineData("min_size: 4 min_size: 5", 2)]
    [InlineData("min_size: 4 max_size: 6 aspect_ratio: 2", 4)]
    [InlineData("min_size: 4 aspect_ratio: 2 flip: false", 2)]
    [InlineData("min_size: 4 aspect_ratio: 1 aspect_ratio: 2 aspect_ratio: 0.5 aspect_ratio: 2", 3)]
    [InlineData("min_size: 4 min_size: 5 max_size: 6 max_size: 7 aspect_ratio: 2 aspect_ratio: 3", 12)]
    public void RatiosThatAreThereAlreadyAreLeftOut(string options, int boxes)
    {
        using LayerHarness harness = Make(options);
        Assert.Equal([1, 2, 2 * 3 * boxes * 4], harness.Tops[0].Shape.ToArray());
    }

    [Fact]
    public void StepsOffsetImageAndClippingAreAsGiven()
    {
        using LayerHarness harness = Make(
            "min_size: 20 step_h: 4 step_w: 6 offset: 0.25 img_h: 40 img_w: 60 clip: true");
        harness.Forward();
        Assert.All(harness.Top, side => Assert.InRange(side, 0, 1));
        int last = (harness.Top.Length / 2) - 4;
        Assert.Equal(((2.25f * 6) + 10) / 60, harness.Top[last + 2], 1e-6f);
        Assert.Equal(((1.25f * 4) + 10) / 40, harness.Top[last + 3], 1e-6f);
        Assert.Equal(0.1f, harness.Top[^1]);
    }

    [Fact]
    public void TheBottomsGetNoGradientAndPassesAllocateNothing()
    {
        using LayerHarness harness = Make("min_size: 20");
        harness.Forward();
        harness.Bottoms[0].Diff.Fill(float.NaN);
        harness.Backward(0);
        Assert.All(harness.Bottoms[0].Diff.ToArray(), dx => Assert.Equal(0, dx));
        harness.AssertAllocatesNothing(0, 1);
    }

    [Theory]
    [InlineData("", "min_size is missing")]
    [InlineData("min_size: 0", "min_size is 0")]
    [InlineData("min_size: 4 min_size: 5 max_size: 6", "max_size is given 1 times, min_size 2 times")]
    [InlineData("min_size: 4 max_size: 4", "max_size 4 is not above its min_size, 4")]
    [InlineData("min_size: 4 aspect_ratio: -2", "aspect_ratio is -2")]
    [InlineData("min_size: 4 variance: 1 variance: 1", "variance is given 2 times")]
    [InlineData("min_size: 4 variance: -1", "variance is -1")]
    [InlineData("min_size: 4 img_size: 9 img_h: 9 img_w: 9", "img_size and img_h and img_w are both given")]
    [InlineData("min_size: 4 img_size: 0", "img_size is 0")]
    [InlineData("min_size: 4 img_w: 9", "img_h is 0")]
    [InlineData("min_size: 4 step: 9 step_h: 9 step_w: 9", "step and step_h and step_w are both given")]
    [InlineData("min_size: 4 step: -1", "step is -1")]
    [InlineData("min_size: 4 step_w: 1", "step_h is 0")]
    public void WrongOptionsAreNamedAndLocated(string options, string expected)
    {
        var exception = Assert.Throws<CnnException>(() => Make(options).Dispose());
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }

    private static LayerHarness Make(string options) =>
        new($"type: 'PriorBox' prior_box_param {{ {options} }}", [[2, 5, 2, 3], [2, 3, 20, 30]]);

    [Theory]
    [InlineData("tf: true", new float[] { 4, 4, 8, 2, 2, 8, 6, 6 })]
    [InlineData("keras: true aspect_ratio: 9", new float[] { 6, 6, 4, 4, 8, 2, 12, 4 / 3f, 2, 8, 4 / 3f, 12 })]
    [InlineData("yx_order: true", new float[] { 4, 4, 6, 6, 8, 2, 2, 8 })]
    public void TheOrderOfBoxesIsThatOfTheOption(string options, float[] sizes)
    {
        using LayerHarness harness = Make($"min_size: 4 max_size: 9 aspect_ratio: 4 {options}");
        harness.Forward();
        bool isRowFirst = options == "yx_order: true";
        for (int i = 0; i < sizes.Length / 2; i++)
        {
            float[] box = harness.Top[(4 * i)..(4 * (i + 1))];
            if (isRowFirst)
            {
                (box[0], box[1], box[2], box[3]) = (box[1], box[0], box[3], box[2]);
            }

            Assert.Equal(sizes[2 * i], (box[2] - box[0]) * 30, 1e-4f);
            Assert.Equal(sizes[(2 * i) + 1], (box[3] - box[1]) * 20, 1e-4f);
            Assert.Equal(5 / 30f, (box[2] + box[0]) / 2, 1e-5f);
            Assert.Equal(5 / 20f, (box[3] + box[1]) / 2, 1e-5f);
        }
    }

    [Fact]
    public void TensorFlowsSquareOf60IsSmaller()
    {
        using LayerHarness harness = Make("min_size: 60 img_size: 300 tf: true yx_order: true");
        harness.Forward();
        Assert.Equal(0.1f, harness.Top[2] - harness.Top[0], 1e-6f);
    }

    [Fact]
    public void FaceBoxesAreDenseForSmallSizes()
    {
        using LayerHarness harness = Make("min_size: 32 min_size: 64 min_size: 128 faceboxes: true");
        harness.Forward();
        Assert.Equal([1, 2, 2 * 3 * 21 * 4], harness.Tops[0].Shape.ToArray());

        // The first is two steps of 8 pixels to the left of the cell's centre and above it, the second beside it.
        Assert.Equal((5 - 16 - 15.5f) / 30, harness.Top[0], 1e-5f);
        Assert.Equal((5 - 16 - 15.5f) / 20, harness.Top[1], 1e-5f);
        Assert.Equal((5 - 8 - 15.5f) / 30, harness.Top[4], 1e-5f);
        Assert.Equal((5 - 16 + 31.5f) / 20, harness.Top[(16 * 4) + 3], 1e-5f);
        Assert.Equal((5 + 63.5f) / 30, harness.Top[(20 * 4) + 2], 1e-5f);
    }

    [Fact]
    public void WidthsAndHeightsMayBeGiven()
    {
        using LayerHarness harness = Make("box_width: 3 box_width: 6 box_height: 2 box_height: 4");
        harness.Forward();
        Assert.Equal([1, 2, 2 * 3 * 2 * 4], harness.Tops[0].Shape.ToArray());
        Assert.Equal(6 / 30f, harness.Top[6] - harness.Top[4], 1e-6f);
        Assert.Equal(4 / 20f, harness.Top[7] - harness.Top[5], 1e-6f);
        Assert.Contains(
            "box_width is given 1 times, box_height 0 times",
            Assert.Throws<CnnException>(() => Make("box_width: 3").Dispose()).Message,
            StringComparison.Ordinal);
    }
}
