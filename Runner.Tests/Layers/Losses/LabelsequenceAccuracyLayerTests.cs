using Cnn.Proto;

namespace Cnn.Tests.Layers.Losses;

[Trait("Category", "Unit")]
public class LabelsequenceAccuracyLayerTests
{
    [Theory]
    [InlineData(new[] { 2, 2, 0, 2, 1 }, new float[] { 2, 2, 1, 0 }, 1)]
    [InlineData(new[] { 2, 2, 0, 2, 1 }, new float[] { 0, 2, 2, 1 }, 1)]
    [InlineData(new[] { 2, 2, 2, 2, 1 }, new float[] { 2, 2, 1, 0 }, 0)]
    [InlineData(new[] { 2, 0, 2, 1, 1 }, new float[] { 2, 2, 0, 0 }, 0)]
    [InlineData(new[] { 2, 0, 2, 0, 0 }, new float[] { 2, 2, 1, 0 }, 0)]
    [InlineData(new[] { 0, 0, 0, 0, 0 }, new float[] { 0, 0, 0, 0 }, 1)]
    public void ASequenceIsRightIfAllOfItIs(int[] best, float[] labels, float expected)
    {
        using LayerHarness harness = Make("", best, labels);
        harness.Forward();
        Assert.Equal(0, harness.Tops[0].AxisCount);
        Assert.Equal((expected + 1) / 2, harness.Top[0]);
        Assert.False(harness.Layer.HasGradient);
    }

    [Fact]
    public void AnotherSymbolMayBeTheBlank()
    {
        using LayerHarness harness = Make(
            "labelsequence_accuracy_param { blank_label: 2 }", [0, 0, 2, 0, 1], [0, 0, 1, 2], all: 2);
        harness.Forward();
        Assert.Equal(1, harness.Top[0]);
    }

    [Fact]
    public void ThereIsARowOfLabelsForEachSequence()
    {
        var exception = Assert.Throws<CnnException>(
            () => new LayerHarness("type: 'LabelsequenceAccuracy'", [[2, 5, 3], [3, 4]]).Dispose());
        Assert.Contains("'bottom1' has shape 3 4 (12)", exception.Message, StringComparison.Ordinal);
        exception = Assert.Throws<CnnException>(
            () => new LayerHarness("type: 'LabelsequenceAccuracy'", [[2, 5], [2, 4]]).Dispose());
        Assert.Contains("'bottom0' has shape 2 5 (10)", exception.Message, StringComparison.Ordinal);
    }

    // The second item is blank throughout.
    private static LayerHarness Make(string options, int[] best, float[] labels, int all = 0) => new(
        $"type: 'LabelsequenceAccuracy' {options}", [[2, 5, 3], [2, 4]], prepare: h =>
        {
            h.Bottoms[0].Data.Clear();
            h.Bottoms[1].Data.Fill(all);
            labels.CopyTo(h.Bottoms[1].Data);
            for (int t = 0; t < 5; t++)
            {
                h.Bottoms[0].Data[(t * 3) + best[t]] = 1;
                h.Bottoms[0].Data[((5 + t) * 3) + all] = 1;
            }
        });
}
