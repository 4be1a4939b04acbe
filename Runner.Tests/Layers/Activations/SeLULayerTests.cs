using Cnn.Proto;

namespace Cnn.Tests.Layers.Activations;

/// <summary>SeLU, SeLUDropout and their other spellings.</summary>
public class SeLULayerTests
{
    [Theory]
    [InlineData("SeLU")]
    [InlineData("SeLu")]
    [Trait("Category", "Unit")]
    public void ValuesAreThoseOfTheFormula(string type)
    {
        using var harness = new LayerHarness($"type: '{type}'", [[3]]);
        harness.Set(0, 2, 0, -1);
        harness.Forward();
        Assert.Equal(2 * 1.050700987f, harness.Top[0], 1e-6f);
        Assert.Equal(0, harness.Top[1]);
        Assert.Equal(1.050700987 * 1.67326324 * (Math.Exp(-1) - 1), harness.Top[2], 1e-6);
    }

    [Theory]
    [InlineData("type: 'SeLU'")]
    [InlineData("type: 'SeLu' selu_param { lambda: 2 alpha: 0.5 }")]
    [InlineData("type: 'SeLU' selu_param { lambda: -1 }")]
    [InlineData("type: 'SeLUDropout' selu_dropout_param { dropout_ratio: 0.3 }")]
    [InlineData("type: 'SeLuDropout'")]
    [Trait("Category", "Gradient")]
    public void TheGradientIsThatOfTheFunction(string definition)
    {
        using var harness = new LayerHarness(
            definition, [[2, 3, 7]], prepare: h => LayerHarness.FillApart(h.Bottoms[0].Data, 3));
        new GradientChecker().Check(harness);
        harness.AssertAllocatesNothing();
    }

    [Theory]
    [InlineData("type: 'SeLU'")]
    [InlineData("type: 'SeLUDropout' selu_dropout_param { dropout_ratio: 0.3 }")]
    [Trait("Category", "Unit")]
    public void InPlaceGivesTheSame(string definition)
    {
        using var apart = new LayerHarness(definition, [[2, 3, 19]]);
        using var inPlace = new LayerHarness(definition, [[2, 3, 19]], inPlace: true);
        foreach (LayerHarness harness in (LayerHarness[])[apart, inPlace])
        {
            harness.Forward();
            LayerHarness.Fill(harness.Tops[0].Diff, 9);
            harness.Backward();
        }

        Assert.Equal(apart.Top, inPlace.Top);
        Assert.Equal(apart.Bottoms[0].Diff.ToArray(), inPlace.Bottoms[0].Diff.ToArray());
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void DropoutKeepsMeanAndVariance()
    {
        using var harness = new LayerHarness(
            "type: 'SeLUDropout' selu_dropout_param { dropout_ratio: 0.25 }", [[400, 1000]],
            prepare: h => LayerHarness.Fill(h.Bottoms[0].Data, 3, -MathF.Sqrt(3), MathF.Sqrt(3)));
        harness.Forward();
        double mean = harness.Top.Average(y => (double)y), square = harness.Top.Average(y => (double)y * y);
        Assert.Equal(0, mean, 0.01);
        Assert.Equal(1, square, 0.02);

        // What is dropped is one value.
        double alpha = -1.75809934, a = 1 / Math.Sqrt(0.75 * (1 + (alpha * alpha * 0.25)));
        int dropped = harness.Top.Count(y => Math.Abs(y - ((a * alpha) - (a * 0.25 * alpha))) < 1e-6);
        Assert.Equal(0.25, dropped / 400e3, 0.01);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void InTestDropoutDropsNothing()
    {
        using var harness = new LayerHarness("type: 'SeLUDropout'", [[70]], phase: Phase.Test);
        harness.Forward();
        Assert.Equal(harness.Bottoms[0].Data.ToArray(), harness.Top);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void AnImpossibleRatioIsNamed() => Assert.Contains(
        "dropout_ratio is 1",
        Assert.Throws<CnnException>(
            () => new LayerHarness("type: 'SeLUDropout' selu_dropout_param { dropout_ratio: 1 }", [[3]])).Message,
        StringComparison.Ordinal);
}
