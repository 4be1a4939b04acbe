using Cnn.Proto;

namespace Cnn.Tests.Layers.Losses;

[Trait("Category", "Unit")]
public class SegAccuracyLayerTests
{
    [Fact]
    public void ItTellsAccuracyRecallAndOverlap()
    {
        using LayerHarness harness = Make("");

        // Predicted: 0 1 1 2 0 0; the last of equal scores counts.
        Fill(harness, [0, 1, 1, 2, 0, 0], [0, 1, 0, 2, 0, 1]);
        harness.Forward();
        Assert.Equal([1, 1, 1, 3], harness.Tops[0].Shape.ToArray());

        // Class 0: 2 of 3 right, overlap 2 / 4; class 1: 1 of 2, 1 / 3; class 2: 1 of 1, 1; class 3 neither, 1.
        Equal([4 / 6f, ((2 / 3f) + 0.5f + 1) / 3, (0.5f + (1 / 3f) + 1 + 1) / 4], harness.Top);
    }

    [Fact]
    public void IgnoredLabelsDoNotCountAndOthersAreNamed()
    {
        using LayerHarness harness = Make("ignore_label: 255 ignore_label: 3");
        Fill(harness, [0, 1, 1, 2, 0, 0], [0, 255, 3, 3, 255, 255]);
        harness.Forward();
        Equal([1, 1, 1], harness.Top);
        Fill(harness, [0, 1, 1, 2, 0, 0], [255, 255, 255, 255, 255, 255]);
        harness.Forward();
        Equal([0, 0, 1], harness.Top);
        Fill(harness, [0, 1, 1, 2, 0, 0], [0, 0, 0, 0, 17, 0]);
        Assert.Contains("label 17 at position 4", Assert.Throws<CnnException>(harness.Forward).Message);
    }

    [Fact]
    public void WithoutResetThePassesAddUp()
    {
        using LayerHarness harness = Make("reset: false");
        Fill(harness, [0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]);
        harness.Forward();
        Fill(harness, [0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1]);
        harness.Forward();
        Equal([0.5f, 0.5f, (0.5f + 0 + 1 + 1) / 4], harness.Top);
    }

    [Fact]
    public void ThereIsNoGradientAndPassesAllocateNothing()
    {
        using LayerHarness harness = Make("");
        Fill(harness, [0, 1, 1, 2, 0, 0], [0, 1, 0, 2, 0, 1]);
        Assert.False(harness.Layer.HasGradient);
        Assert.Equal(0, Allocations.OnThisThread(harness.Forward));
    }

    [Fact]
    public void ShapesThatDoNotFitAreNamed() => Assert.Contains(
        "scores 'bottom0' have shape 1 4 2 3 (24), but labels 'bottom1' 1 2 2 3 (12)",
        Assert.Throws<CnnException>(
            () => new LayerHarness("type: 'SegAccuracy'", [[1, 4, 2, 3], [1, 2, 2, 3]]).Dispose()).Message);

    [Theory]
    [InlineData("")]
    [InlineData("ignore_label: 0")]
    public void ALabelThatIsNoNumberIsAMistake(string options)
    {
        using LayerHarness layer = Make(options);
        Fill(layer, [0, 1, 2, 3, 0, 1], [0, 1, 2, float.NaN, 0, 1]);
        Assert.Contains("label NaN at position 3", Assert.Throws<CnnException>(layer.Forward).Message);
    }

    private static LayerHarness Make(string options) =>
        new($"type: 'SegAccuracy' seg_accuracy_param {{ {options} }}", [[1, 4, 2, 3], [1, 1, 2, 3]]);

    private static void Fill(LayerHarness harness, int[] predicted, float[] labels)
    {
        Span<float> scores = harness.Bottoms[0].Data;
        scores.Clear();
        for (int i = 0; i < 6; i++)
        {
            // Those before the class predicted may score as much.
            for (int c = 0; c <= predicted[i]; c++)
            {
                scores[(c * 6) + i] = 0.5f;
            }
        }

        harness.Set(1, labels);
    }

    private static void Equal(float[] expected, float[] found) =>
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
}
