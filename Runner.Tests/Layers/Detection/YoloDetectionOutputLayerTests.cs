using Cnn.Proto;

namespace Cnn.Tests.Layers.Detection;

[Trait("Category", "Unit")]
public class YoloDetectionOutputLayerTests
{
    private const string OneBox = "num_classes: 2 num_box: 1 biases: 1 biases: 2 confidence_threshold: 0.4";

    [Fact]
    public void TheBestClassOfACellIsABox()
    {
        using var harness = Make(OneBox, [1, 7, 2, 2]);
        harness.Bottoms[0].Data.Clear();
        Fill(harness, 4, -20);
        Value(harness, 4, 1) = 20;
        Value(harness, 6, 1) = MathF.Log(3);
        harness.Forward();
        Assert.Equal([1, 1, 1, 7], harness.Tops[0].Shape.ToArray());
        float[] expected = [0, 2, 0.75f, 0.5f, -0.25f, 1, 0.75f];
        for (int i = 0; i < 7; i++)
        {
            Assert.Equal(expected[i], harness.Top[i], 1e-6);
        }
    }

    [Fact]
    public void BoxesOfAnyClassAndImageThatOverlapABetterOneAreDropped()
    {
        using var harness = Make(OneBox + " nms_threshold: 0.5", [2, 7, 1, 1]);
        harness.Set(0, 0, 0, 0, 0, 5, 0, 3, 0, 0, 0, 0, 5, 4, 0);
        harness.Forward();
        Assert.Equal([1, 1, 1, 7], harness.Tops[0].Shape.ToArray());
        Assert.Equal(1, harness.Top[1]);
    }

    [Fact]
    public void WhereNothingIsFoundEachImageHasARow()
    {
        using var harness = Make(OneBox, [2, 7, 2, 2]);
        harness.Bottoms[0].Data.Fill(-9);
        harness.Forward();
        Assert.Equal([0, -1, -1, -1, -1, -1, -1, 1, -1, -1, -1, -1, -1, -1], harness.Top);
        Assert.Equal([1, 1, 2, 7], harness.Tops[0].Shape.ToArray());
    }

    [Fact]
    public void PassesAllocateNothing()
    {
        using var harness = Make(OneBox, [1, 7, 9, 9]);
        Assert.Equal(0, Allocations.OnThisThread(harness.Forward));
    }

    [Theory]
    [InlineData("num_box: 1 biases: 1 biases: 1", "num_classes is missing")]
    [InlineData("num_classes: 2 num_box: 1 biases: 1", "biases is given 1 times for 1 boxes")]
    [InlineData("num_classes: 2 num_box: 0", "num_box is 0")]
    [InlineData("num_classes: 2 num_box: 1 coords: 5 biases: 1 biases: 1", "coords is 5")]
    [InlineData("num_classes: 3 num_box: 1 biases: 1 biases: 1", "for num_box 1 and num_classes 3")]
    public void AWrongConfigurationIsNamedAndLocated(string options, string expected)
    {
        var exception = Assert.Throws<CnnException>(() => Make(options, [1, 7, 2, 2]));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }

    [Fact]
    public void TheMapIsASquare() => Assert.Throws<CnnException>(() => Make(OneBox, [1, 7, 2, 3]));

    private static ref float Value(LayerHarness harness, int entry, int cell) =>
        ref harness.Bottoms[0].Data[(entry * 4) + cell];

    private static void Fill(LayerHarness harness, int entry, float value) =>
        harness.Bottoms[0].Data.Slice(entry * 4, 4).Fill(value);

    private static LayerHarness Make(string options, int[] map) => new(
        $"type: 'YoloDetectionOutput' yolo_detection_output_param {{ {options} }}", [map], phase: Phase.Test);
}
