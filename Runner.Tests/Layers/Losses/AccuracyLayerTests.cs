using Cnn.Proto;

namespace Cnn.Tests.Layers.Losses;

[Trait("Category", "Unit")]
public class AccuracyLayerTests
{
    [Theory]
    [InlineData(1, 0.25f)]
    [InlineData(2, 0.5f)]
    [InlineData(3, 0.75f)]
    [InlineData(4, 1)]
    public void APredictionIsRightIfFewerThanTopKOthersScoreAsMuch(int topK, float expected)
    {
        using var harness = new LayerHarness($"type: 'Accuracy' accuracy_param {{ top_k: {topK} }}", [[4, 4], [4]]);
        harness.Set(0, 1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4);
        harness.Set(1, 0, 1, 2, 3);
        harness.Forward();
        Assert.Equal([expected], harness.Top);
        Assert.Equal(0, harness.Tops[0].AxisCount);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(3, 1)]
    public void TiesCountAgainstThePrediction(int topK, float expected)
    {
        using var harness = new LayerHarness($"type: 'Accuracy' accuracy_param {{ top_k: {topK} }}", [[2, 3], [2]]);
        harness.Bottoms[0].Data.Fill(0.5f);
        harness.Set(1, 0, 2);
        harness.Forward();
        Assert.Equal([expected], harness.Top);
    }

    [Fact]
    public void ScoresThatAreNoNumbersAreNeverRight()
    {
        using var harness = new LayerHarness("type: 'Accuracy'", [[2, 3], [2]]);
        harness.Bottoms[0].Data.Fill(float.NaN);
        harness.Set(1, 0, 2);
        harness.Forward();
        Assert.Equal([0], harness.Top);
    }

    [Fact]
    public void IgnoredLabelsCountNowhere()
    {
        using var harness = new LayerHarness("type: 'Accuracy' accuracy_param { ignore_label: 255 }", [[3, 2], [3]]);
        harness.Set(0, 1, 0, 1, 0, 1, 0);
        harness.Set(1, 0, 255, 1);
        harness.Forward();
        Assert.Equal([0.5f], harness.Top);
        harness.Set(1, 255, 255, 255);
        harness.Forward();
        Assert.Equal([0], harness.Top);
    }

    [Fact]
    public void TheSecondTopIsTheAccuracyOfEachClass()
    {
        using var harness = new LayerHarness("type: 'Accuracy'", [[2, 3, 2], [2, 2]], tops: 2);
        harness.Set(0, 1, 0, 0, 2, 0, 0, 1, 0, 0, 3, 0, 0);
        harness.Set(1, 0, 1, 1, 1);
        for (int pass = 0; pass < 2; pass++)
        {
            harness.Forward();
            Assert.Equal([0.75f], harness.Top);
            Assert.Equal([1, 2f / 3, 0], harness.Tops[1].Data.ToArray());
        }
    }

    [Fact]
    public void ClassesMayStandOnTheLastAxis()
    {
        using var harness = new LayerHarness("type: 'Accuracy' accuracy_param { axis: -1 }", [[1, 2, 3], [1, 2]]);
        harness.Set(0, 1, 2, 3, 3, 2, 1);
        harness.Set(1, 2, 1);
        harness.Forward();
        Assert.Equal([0.5f], harness.Top);
    }

    [Fact]
    public void ItHasNoGradient()
    {
        using var harness = new LayerHarness("type: 'Accuracy'", [[2, 3], [2]], prepare: h => h.Set(1, 0, 1));
        harness.Forward();
        Assert.Throws<CnnException>(() => harness.Backward(0));
        Assert.False(harness.Layer.IsLoss);
    }

    [Theory]
    [InlineData("top_k: 0")]
    [InlineData("top_k: 4")]
    [InlineData("axis: 2")]
    public void AnOptionOutOfRangeIsAnError(string option) => Assert.Throws<CnnException>(() =>
        new LayerHarness($"type: 'Accuracy' accuracy_param {{ {option} }}", [[2, 3], [2]]));

    [Fact]
    public void ALabelThatIsNoClassIsAnError()
    {
        using var harness = new LayerHarness("type: 'Accuracy'", [[2, 3], [2]], prepare: h => h.Set(1, 0, 3));
        Assert.Throws<CnnException>(harness.Forward);
    }
}
