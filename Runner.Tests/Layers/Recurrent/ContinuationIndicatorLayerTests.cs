using Cnn.Proto;

namespace Cnn.Tests.Layers.Recurrent;

[Trait("Category", "Unit")]
public class ContinuationIndicatorLayerTests
{
    [Fact]
    public void SequencesBeginAtTheFirstStepOfEveryBatch()
    {
        using var harness = new LayerHarness(
            "type: 'ContinuationIndicator' continuation_indicator_param { time_step: 3 batch_size: 2 }", []);
        harness.Tops[0].Data.Fill(7);
        harness.Forward();
        Assert.Equal([3, 2], harness.Tops[0].Shape.ToArray());
        Assert.Equal([0, 0, 1, 1, 1, 1], harness.Top);
        Assert.False(harness.Layer.HasGradient);
    }

    [Fact]
    public void ABottomSaysHowManySequencesThereAre()
    {
        using var harness = new LayerHarness(
            "type: 'ContinuationIndicator' continuation_indicator_param { time_step: 2 axis: 1 }", [[7, 3, 4]]);
        harness.Forward();
        Assert.Equal([0, 0, 0, 1, 1, 1], harness.Top);
        harness.Bottoms[0].Reshape(7, 1, 4);
        harness.Forward();
        Assert.Equal([0, 1], harness.Top);
    }

    [Theory]
    [InlineData("batch_size: 2", "time_step is 0")]
    [InlineData("time_step: 2", "batch_size is 0")]
    public void BothSizesAreRequired(string options, string expected)
    {
        var exception = Assert.Throws<CnnException>(() => new LayerHarness(
            $"type: 'ContinuationIndicator' continuation_indicator_param {{ {options} }}", []).Dispose());
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }
}
