using Cnn.Proto;

namespace Cnn.Tests.Layers.Detection;

[Trait("Category", "Unit")]
public class EvalDetectionLayerTests
{
    private const string Sizes =
        "side: 3 num_class: 2 num_object: 1 biases: 1 biases: 1 nms: 0.45 threshold: 0.5";

    [Fact]
    public void BoxesAreHitsWhereTheyOverlapAnObjectThatIsNotHitYet()
    {
        using LayerHarness harness = Make("");
        Clear(harness);

        // Cell 0 is on the object of class 1; cell 1 has one of class 0, of which there is none; cell 8 is one of class
        // 1 where there is no object; cell 2, on no object too, is not sure enough.
        Box(harness, 0, isObject: 3, label: 1);
        Box(harness, 1, isObject: 1, label: 0);
        Box(harness, 8, isObject: 2, label: 1);
        harness.Forward();
        Assert.Equal([1, 2 + (9 * 4)], harness.Tops[0].Shape.ToArray());
        float share = 1 / (1 + MathF.Exp(-8)), low = Sigmoid(-20) * 0.5f;
        Assert.True(low < 0.005f);
        float[] expected =
        [
            0, 1,
            0, Sigmoid(1) * share, 0, 1,
            1, Sigmoid(3) * share, 1, 0,
            1, Sigmoid(2) * share, 0, 0,
        ];
        for (int i = 0; i < harness.Top.Length; i++)
        {
            Assert.Equal(i < expected.Length ? expected[i] : 0, harness.Top[i], 1e-6f);
        }

        Assert.Equal(0, Allocations.OnThisThread(harness.Forward));
    }

    [Fact]
    public void TheLessSureOfTwoBoxesIsDroppedWhateverItsClass()
    {
        using LayerHarness harness = Make("");
        Clear(harness);
        Box(harness, 0, isObject: 3, label: 1, shift: 5);
        Box(harness, 1, isObject: 2, label: 0, shift: -5);
        harness.Forward();
        Assert.Equal([0, 1], harness.Top[..2]);
        Assert.Equal(1, harness.Top[2]);
        Assert.Equal(0, harness.Top[6]);
    }

    [Theory]
    [InlineData("score_type: OBJ", 0.95257413f)]
    [InlineData("score_type: PROB", 0.99966466f)]
    [InlineData("score_type: MULTIPLY", 0.9522547f)]
    public void TheScoreIsWhatScoreTypeSays(string options, float expected)
    {
        using LayerHarness harness = Make(options);
        Clear(harness);
        Box(harness, 0, isObject: 3, label: 1);
        harness.Forward();
        float[] scores = [.. harness.Top[2..].Chunk(4).Where(row => row[0] == 1).Select(row => row[1])];
        Assert.Equal(expected, scores[0], 1e-6f);
    }

    [Fact]
    public void WithoutSuppressionNoBoxesComeOut()
    {
        using LayerHarness harness = Make("", Sizes.Replace("nms: 0.45", "", StringComparison.Ordinal));
        harness.Forward();
        Assert.Equal(0, harness.Top[0]);
        Assert.Equal(1, harness.Top[1]);
        Assert.Equal(new float[36], harness.Top[2..]);
        Assert.False(harness.Layer.HasGradient);
    }

    [Theory]
    [InlineData("side: 4 num_class: 2 num_object: 1 biases: 1 biases: 1", "side is 4")]
    [InlineData("side: 3 num_class: 3 num_object: 1 biases: 1 biases: 1", "num_class 3")]
    [InlineData("side: 3 num_class: 2 num_object: 1 biases: 1", "are not the sides of 1 anchors")]
    public void WrongOptionsAreNamed(string options, string expected)
    {
        var exception = Assert.Throws<CnnException>(() => Make("", options).Dispose());
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    private static LayerHarness Make(string options, string sizes = Sizes) => new(
        $"type: 'EvalDetection' eval_detection_param {{ {sizes} {options} }}",
        [[1, 7, 3, 3], [1, 1, 2, 8], [1, 3, 9, 9]],
        threads: 1, prepare: h => h.Set(1, 0, 2, 0, 0.01f, 0, 0.34f, 0.33f, 0, -1, 1, 0, 0, 0, 1, 1, 0));

    // No box is sure of an object.
    private static void Clear(LayerHarness harness)
    {
        harness.Bottoms[0].Data.Clear();
        harness.Bottoms[0].Data.Slice(4 * 9, 9).Fill(-20);
    }

    private static void Box(LayerHarness harness, int cell, float isObject, int label, float shift = 0)
    {
        harness.Bottoms[0].Data[cell] = shift;
        harness.Bottoms[0].Data[(4 * 9) + cell] = isObject;
        harness.Bottoms[0].Data[((5 + label) * 9) + cell] = 8;
    }

    private static float Sigmoid(float x) => 1 / (1 + MathF.Exp(-x));
}
