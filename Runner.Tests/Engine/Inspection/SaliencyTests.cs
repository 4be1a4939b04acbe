using Cnn.Engine.Classification;
using Cnn.Engine.Graph;
using Cnn.Engine.Inspection;
using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Inspection;

[Trait("Category", "Gradient")]
public sealed class SaliencyTests
{
    private const float Step = 1e-2f;

    [Theory]
    [InlineData(1, 0, "")]
    [InlineData(3, 2, "")]
    [InlineData(1, 1, SmallNet.Softmax)]
    public void ItIsTheMagnitudeOfTheDerivativeOfTheScore(int channels, int label, string end)
    {
        using Net net = SmallNet.Build(SmallNet.Scores + end, channels);

        SaliencyMap map = Saliency.Of(net, label);

        Assert.Equal((4, 4, label), (map.Height, map.Width, map.Class.Label));
        for (int pixel = 0; pixel < 16; pixel++)
        {
            float expected = Enumerable.Range(0, channels)
                .Max(channel => Math.Abs(Difference(net, (channel * 16) + pixel, label)));
            Assert.Equal(expected, map.Values[pixel], tolerance: 2e-3);
        }
    }

    [Fact]
    public void WithoutAClassItIsTheOneWithTheGreatestScore()
    {
        using Net net = SmallNet.Build(SmallNet.Scores + SmallNet.Softmax);

        ClassScore score = Saliency.Of(net).Class;

        float[] probabilities = net.FindBlob("prob").Data.ToArray();
        Assert.Equal(probabilities.Max(), score.Probability);
        Assert.Equal(Array.IndexOf(probabilities, probabilities.Max()), score.Label);
    }

    // A probability of 1 has no slope; its score has.
    [Fact]
    public void ASoftmaxThatIsSureHidesNothing()
    {
        using Net net = SmallNet.Build(SmallNet.Scores + SmallNet.Softmax);
        net.FindLayer("ip").Parameters[1].Data[0] = 200;

        SaliencyMap map = Saliency.Of(net);

        Assert.Equal(new ClassScore(0, 1), map.Class);
        Assert.Contains(map.Values, value => value > 1e-3);
    }

    [Fact]
    public void TheLossesOfANetDoNotFlowIn()
    {
        using Net plain = SmallNet.Build(SmallNet.Scores);
        using Net trained = SmallNet.Build(
            SmallNet.Scores
            + """
            layer { name: "label" type: "DummyData" top: "label" dummy_data_param { shape { dim: 1 } } }
            layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }
            """);

        Assert.Equal(Saliency.Of(plain, 1).Values, Saliency.Of(trained, 1).Values);
    }

    // Behind Splits, whose names are not shown.
    [Fact]
    public void ASoftmaxThatFeedsAnAccuracyGivesTheProbability()
    {
        using Net plain = SmallNet.Build(SmallNet.Scores);
        using Net tested = SmallNet.Build(
            SmallNet.Scores + SmallNet.Softmax
            + """
            layer { name: "label" type: "DummyData" top: "label" dummy_data_param { shape { dim: 1 } } }
            layer { name: "one" type: "Accuracy" bottom: "prob" bottom: "label" top: "one" }
            layer { name: "two" type: "Accuracy" bottom: "prob" bottom: "label" top: "two" }
            layer { name: "twice" type: "Power" bottom: "ip" top: "twice" power_param { scale: 2 } }
            """);

        SaliencyMap map = Saliency.Of(tested, 1);

        Assert.Equal(tested.FindBlob("prob").Data[1], map.Class.Probability);
        Assert.Equal(Saliency.Of(plain, 1).Values, map.Values);
        Assert.Contains(
            "blob 'ip' has 3 classes", Assert.Throws<CnnException>(() => Saliency.Of(tested, 3)).Message);
    }

    [Fact]
    public void ASoftmaxInTheMiddleIsNotOfTheClasses()
    {
        using Net net = SmallNet.Build(
            SmallNet.Scores + SmallNet.Softmax
            + """
            layer { name: "last" type: "InnerProduct" bottom: "prob" top: "last"
              inner_product_param { num_output: 5 weight_filler { type: "gaussian" std: 0.5 } } }
            """);

        ClassScore score = Saliency.Of(net, 4).Class;

        Assert.Equal(new ClassScore(4, net.FindBlob("last").Data[4]), score);
    }

    [Fact]
    public void TheMapIsASheetFromZeroToTheGreatest()
    {
        using Net net = SmallNet.Build(SmallNet.Scores);
        SaliencyMap map = Saliency.Of(net);

        TileSheet sheet = map.ToSheet();

        Assert.Equal((1, 4, 4, 0), (sheet.Count, sheet.TileHeight, sheet.TileWidth, sheet.Least));
        Assert.Equal(map.Values.Max(), sheet.Greatest);
    }

    [Fact]
    public void AClassThatIsNotThereIsAnError()
    {
        using Net net = SmallNet.Build(SmallNet.Scores);

        Assert.Equal(
            "class 3 does not exist: blob 'ip' has 3 classes; from 0 to 2",
            Assert.Throws<CnnException>(() => Saliency.Of(net, 3)).Message);
    }

    [Fact]
    public void ANetThatEndsWithoutAGradientIsAnError()
    {
        using Net net = SmallNet.Build(
            SmallNet.Scores + """layer { name: "best" type: "ArgMax" bottom: "ip" top: "best" }""");

        Assert.Equal(
            "no gradient flows back from blob 'best' of layer 'best' (ArgMax)",
            Assert.Throws<CnnException>(() => Saliency.Of(net)).Message);
    }

    [Fact]
    public void ANetThatDoesNotRunDownToItsImagesIsAnError()
    {
        using Net net = SmallNet.Build(
            """
            layer { name: "best" type: "ArgMax" bottom: "data" top: "best" argmax_param { axis: 1 } }

            """
            + SmallNet.Scores.Replace("\"data\"", "\"best\"", StringComparison.Ordinal));

        Assert.Equal(
            "no gradient reaches blob 'data' of net 'Small'; layer 'best' (ArgMax) has none",
            Assert.Throws<CnnException>(() => Saliency.Of(net, 0)).Message);
    }

    private static float Difference(Net net, int pixel, int label)
    {
        Blob data = net.FindInput("data"), scores = net.FindBlob("ip");
        float value = data.Data[pixel];
        data.Data[pixel] = value + Step;
        net.Forward();
        float above = scores.Data[label];
        data.Data[pixel] = value - Step;
        net.Forward();
        float below = scores.Data[label];
        data.Data[pixel] = value;
        return (above - below) / (2 * Step);
    }
}
