using Cnn.Proto;

namespace Cnn.Tests.Layers.Losses;

public class SoftmaxWithLossLayerTests
{
    private const string Weighted =
        "loss_param { ignore_label: 1 weight_by_label_freqs: true class_weighting: 0.5 class_weighting: 7 "
        + "class_weighting: 3 }";

    public static TheoryData<string, int[], int[], int> Cases => new()
    {
        { "", [4, 10], [4], 10 },
        { "", [1, 2], [1], 2 },
        { "", [3, 21], [3, 1], 21 },
        { "", [2, 5, 3, 7], [2, 1, 3, 7], 5 },
        { "softmax_param { axis: -1 }", [2, 3, 17], [2, 3], 17 },
        { "softmax_param { axis: 2 }", [2, 3, 4, 2], [2, 3, 2], 4 },
        { "loss_param { ignore_label: 1 }", [2, 3, 5, 2], [2, 5, 2], 3 },
        { "loss_param { ignore_label: 1 normalization: FULL }", [2, 3, 5, 2], [2, 5, 2], 3 },
        { "loss_param { normalization: BATCH_SIZE }", [2, 3, 5], [2, 5], 3 },
        { "loss_param { normalization: NONE }", [2, 3, 5], [2, 5], 3 },
        { "loss_param { normalize: false }", [2, 3, 5], [2, 5], 3 },
        { Weighted, [2, 3, 19], [2, 19], 3 },
        { Weighted, [5, 3], [5], 3 },
        { "softmax_param { axis: 2 }" + Weighted, [2, 4, 3], [2, 4], 3 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    [Trait("Category", "Gradient")]
    public void TheGradientIsThatOfTheLoss(string options, int[] scores, int[] labels, int classes)
    {
        using var harness = Make(options, scores, labels, classes);
        new GradientChecker { Bottoms = [0] }.Check(harness);
    }

    [Theory]
    [InlineData("", 4)]
    [InlineData("normalization: VALID", 4)]
    [InlineData("normalization: FULL", 6)]
    [InlineData("normalization: BATCH_SIZE", 2)]
    [InlineData("normalization: NONE", 1)]
    [InlineData("normalize: true", 4)]
    [InlineData("normalize: false", 2)]
    [InlineData("normalize: false normalization: FULL", 6)]
    [Trait("Category", "Unit")]
    public void TheSumIsDividedByWhatNormalizationNames(string options, float divisor)
    {
        using var harness = new LayerHarness(
            $"type: 'SoftmaxWithLoss' loss_param {{ ignore_label: 3 {options} }}", [[2, 4, 3], [2, 3]], prepare: h =>
            {
                h.Bottoms[0].Data.Clear();
                h.Set(1, 0, 3, 1, 3, 2, 0);
            });
        harness.Forward();
        Assert.Equal(4 * Math.Log(4) / divisor, harness.Top[0], 5);
        Assert.Equal(0, harness.Tops[0].AxisCount);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void WithAllLabelsIgnoredTheLossAndItsGradientAreZero()
    {
        using var harness = new LayerHarness(
            "type: 'SoftmaxWithLoss' loss_param { ignore_label: -1 }", [[2, 3], [2]], prepare: h => h.Set(1, -1, -1));
        harness.Forward();
        Assert.Equal(0, harness.Top[0]);
        harness.Tops[0].Diff[0] = 1;
        harness.Bottoms[0].Diff.Fill(7);
        harness.Backward(0);
        Assert.Equal(new float[6], harness.Bottoms[0].Diff.ToArray());
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void AnImpossibleClassCostsTheLogarithmOfTheSmallestFloat()
    {
        using var harness = new LayerHarness("type: 'SoftmaxWithLoss'", [[1, 2], [1]], prepare: h =>
        {
            h.Set(0, 0, 1e6f);
            h.Set(1, 0);
        });
        harness.Forward();
        Assert.Equal(87.3365f, harness.Top[0], 3);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void WeightsOfClassesMultiplyTheLossesButNotTheDivisor()
    {
        using var harness = new LayerHarness($"type: 'SoftmaxWithLoss' {Weighted}", [[1, 3, 4], [1, 4]], prepare: h =>
        {
            h.Bottoms[0].Data.Clear();
            h.Set(1, 0, 2, 1, 2);
        });
        harness.Forward();
        Assert.Equal(Math.Log(3) * (0.5 + 3 + 3) / 3, harness.Top[0], 5);
        harness.AssertAllocatesNothing(0);
    }

    [Theory]
    [InlineData("class_weighting: 1", "class_weighting is given 1 times for 3 classes")]
    [InlineData("label_smoothing: 0.1", "do not go together")]
    [Trait("Category", "Unit")]
    public void WeightsThatDoNotFitAreAnError(string options, string expected)
    {
        var exception = Assert.Throws<CnnException>(() => new LayerHarness(
            $"type: 'SoftmaxWithLoss' loss_param {{ weight_by_label_freqs: true {options} }}", [[2, 3], [2]]));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void TheSecondTopIsTheProbabilities()
    {
        using var harness = Make("", [4, 10], [4], 10, tops: 2);
        using var softmax = new LayerHarness("type: 'Softmax'", [[4, 10]]);
        harness.Bottoms[0].Data.CopyTo(softmax.Bottoms[0].Data);
        harness.Forward();
        softmax.Forward();
        Assert.Equal(softmax.Top, harness.Tops[1].Data.ToArray());
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-1)]
    [InlineData(1e20f)]
    [Trait("Category", "Unit")]
    public void ALabelThatIsNoClassIsAnError(float label)
    {
        using var harness = new LayerHarness(
            "type: 'SoftmaxWithLoss'", [[2, 3], [2]], prepare: h => h.Set(1, 0, label));
        var exception = Assert.Throws<CnnException>(harness.Forward);
        Assert.Contains("position 1", exception.Message, StringComparison.Ordinal);
        Assert.Equal("layer", exception.Diagnostics[0].Layer);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void LabelsHaveNoGradient()
    {
        using var harness = Make("", [4, 10], [4], 10);
        Assert.False(harness.Layer.AllowsForceBackward(1));
        harness.Forward();
        Assert.Throws<CnnException>(() => harness.Backward());
    }

    [Theory]
    [InlineData(3, 4)]
    [InlineData(4, 8)]
    [Trait("Category", "Unit")]
    public void LabelsThatDoNotFitTheScoresAreAnError(int items, int labels) =>
        Assert.Throws<CnnException>(() => new LayerHarness("type: 'SoftmaxWithLoss'", [[items, 3], [labels]]));

    [Fact]
    [Trait("Category", "Unit")]
    public void PassesAllocateNothing()
    {
        using var harness = Make("loss_param { ignore_label: 1 }", [2, 3, 5, 2], [2, 5, 2], 3, threads: 1);
        harness.AssertAllocatesNothing(0);
    }

    private static LayerHarness Make(
        string options, int[] scores, int[] labels, int classes, int tops = 1, int threads = 2) =>
        new($"type: 'SoftmaxWithLoss' {options}", [scores, labels], tops, threads: threads, prepare: h =>
        {
            Span<float> values = h.Bottoms[1].Data;
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (i * 7) % classes;
            }
        });
}
