using Cnn.Proto;

namespace Cnn.Tests.Layers.Activations;

public class ActivationTests
{
    public static TheoryData<string, int[]> Activations
    {
        get
        {
            var data = new TheoryData<string, int[]>();
            foreach (string definition in (string[])[
                "type: 'ReLU'", "type: 'ReLU' relu_param { negative_slope: 0.3 }", "type: 'Sigmoid'", "type: 'TanH'",
                "type: 'BNLL'", "type: 'ELU'", "type: 'ELU' elu_param { alpha: 0.5 }", "type: 'Swish'",
                "type: 'Swish' swish_param { beta: -1.5 }", "type: 'Clip' clip_param { min: 0 max: 9 }",
                "type: 'Exp'", "type: 'Exp' exp_param { base: 2 scale: 0.5 shift: 1 }",
                "type: 'Log' log_param { base: 10 scale: 0.5 shift: 3 }",
                "type: 'Power' power_param { power: 1 scale: 3 shift: -1 }",
                "type: 'Power' power_param { power: 2 scale: 0.5 shift: 1 }",
                "type: 'Power' power_param { power: -0.75 shift: 4 }",
                "type: 'Power' power_param { power: 3 shift: 3 }", "type: 'ScaledTanH'",
                "type: 'ScaledTanH' scaled_tanh_param { amplitude: -2 slope: 0.5 }", "type: 'Mish'",
                "type: 'ReLU6'", "type: 'ReLU6' relu6_param { negative_slope: 0.2 }", "type: 'HardSigmoid'",
                "type: 'HardSigmoid' hard_sigmoid_param { alpha: 0.1 beta: 0.6 }", "type: 'HardSwish'",
                "type: 'ReLU' relu_param { relu6: true negative_slope: 0.1 }",
                "type: 'ReLU' relu_param { maximum: 4 minimum: -3 }"])
            {
                data.Add(definition, [2, 3, 4, 5]);
                data.Add(definition, [7]);
                data.Add(definition, [16, 2]);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Activations))]
    [Trait("Category", "Gradient")]
    public void TheGradientIsThatOfTheFunction(string definition, int[] shape)
    {
        using var harness = new LayerHarness(
            definition, [shape], prepare: h => LayerHarness.Fill(h.Bottoms[0].Data, 5, -2, 2));
        new GradientChecker { Kink = 0, Step = 2e-3f }.Check(harness);
    }

    [Theory]
    [MemberData(nameof(Activations))]
    [Trait("Category", "Unit")]
    public void InPlaceGivesTheSame(string definition, int[] shape)
    {
        using var apart = new LayerHarness(definition, [shape]);
        using var inPlace = new LayerHarness(definition, [shape], inPlace: true);
        Assert.True(inPlace.Layer.AllowsInPlace);
        foreach (LayerHarness harness in (LayerHarness[])[apart, inPlace])
        {
            harness.Forward();
            LayerHarness.Fill(harness.Tops[0].Diff, 9);
            harness.Backward();
        }

        Assert.Equal(apart.Top, inPlace.Top);
        Assert.Equal(apart.Bottoms[0].Diff, inPlace.Bottoms[0].Diff);
    }

    [Theory]
    [MemberData(nameof(Activations))]
    [Trait("Category", "Unit")]
    public void PassesAllocateNothing(string definition, int[] shape)
    {
        using var harness = new LayerHarness(definition, [shape], threads: 1);
        harness.AssertAllocatesNothing();
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void ReluWithANegativeSlopeBelowZeroRunsForwardInPlaceButHasNoGradientThere()
    {
        using var harness = new LayerHarness("type: 'ReLU' relu_param { negative_slope: -1 }", [[3]]);
        Assert.True(harness.Layer.AllowsInPlace);
        Assert.Equal("negative_slope is -1", harness.Layer.InPlaceGradientProblem);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void ReluAtZeroHasTheSlopeOfTheNegativeSide()
    {
        using var harness = new LayerHarness("type: 'ReLU' relu_param { negative_slope: 0.25 }", [[3]]);
        harness.Set(0, -2, 0, 3);
        harness.Forward();
        Assert.Equal([-0.5f, 0, 3], harness.Top);
        harness.Tops[0].Diff.Fill(1);
        harness.Backward();
        Assert.Equal([0.25f, 0.25f, 1], harness.Bottoms[0].Diff);
    }

    [Theory]
    [InlineData("ReLU6", "", new[] { 0f, 0, 3, 6, 6 }, new[] { 0f, 0, 1, 0, 0 })]
    [InlineData("ReLU", "relu_param { relu6: true }", new[] { 0f, 0, 3, 6, 6 }, new[] { 0f, 0, 1, 0, 0 })]
    [InlineData("ReLU", "relu_param { maximum: 3 }", new[] { 0f, 0, 3, 3, 3 }, new[] { 0f, 0, 0, 0, 0 })]
    [InlineData("ReLU", "relu_param { maximum: -3 }", new[] { 0f, 0, 3, 6, 7 }, new[] { 0f, 0, 1, 1, 1 })]
    [InlineData(
        "ReLU", "relu_param { negative_slope: 0.5 minimum: -1 }", new[] { -1f, 0, 3, 6, 7 },
        new[] { 0f, 0.5f, 1, 1, 1 })]
    [InlineData("ReLU", "relu_param { minimum: 2 relu6: true }", new[] { 2f, 2, 3, 6, 6 }, new[] { 0f, 0, 1, 0, 0 })]
    [Trait("Category", "Unit")]
    public void LimitsCutOffTheValueAndItsGradient(string type, string options, float[] values, float[] slopes)
    {
        foreach (bool inPlace in (bool[])[false, true])
        {
            using var harness = new LayerHarness($"type: '{type}' {options}", [[5]], inPlace: inPlace);
            harness.Set(0, -4, 0, 3, 6, 7);
            harness.Forward();
            Assert.Equal(values, harness.Top);
            harness.Tops[0].Diff.Fill(1);
            harness.Backward();
            Assert.Equal(slopes, harness.Bottoms[0].Diff.ToArray());
        }
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void ASecondBottomOfReluIsTheMaximum()
    {
        using var harness = new LayerHarness("type: 'ReLU' relu_param { maximum: 9 }", [[3], [1]]);
        harness.Set(0, -1, 2, float.NaN);
        harness.Set(1, 1.5f);
        harness.Forward();
        Assert.Equal([0, 1.5f, 0], harness.Top);
        Assert.False(harness.Layer.AllowsForceBackward(1));
        Assert.Contains("no gradient for its bottom 1", Assert.Throws<CnnException>(() => harness.Backward(1)).Message);
        harness.Bottoms[1].Reshape(0);
        Assert.Contains("no maximum", Assert.Throws<CnnException>(harness.Forward).Message);
    }

    [Theory]
    [InlineData("Sigmoid")]
    [InlineData("TanH")]
    [Trait("Category", "Kernel")]
    public void ValuesAgreeWithDoublePrecisionOverTheWholeRange(string type)
    {
        const int Count = 40_001;
        using var harness = new LayerHarness($"type: '{type}'", [[Count]], prepare: h =>
        {
            for (int i = 0; i < Count; i++)
            {
                h.Bottoms[0].Data[i] = (i - (Count / 2)) * 0.005f;
            }
        });
        harness.Forward();
        for (int i = 0; i < Count; i++)
        {
            double x = harness.Bottoms[0].Data[i];
            double expected = type == "TanH" ? Math.Tanh(x) : 1 / (1 + Math.Exp(-x));
            Assert.True(
                Math.Abs(expected - harness.Tops[0].Data[i]) <= 3e-7, $"{type}({x}) is {harness.Tops[0].Data[i]}");
        }
    }

    [Theory]
    [InlineData("Sigmoid", 0, 1)]
    [InlineData("TanH", -1, 1)]
    [InlineData("ReLU", 0, float.PositiveInfinity)]
    [Trait("Category", "Unit")]
    public void ExtremeValuesReachTheLimits(string type, float low, float high)
    {
        using var harness = new LayerHarness(
            $"type: '{type}'", [[18]], prepare: h => h.Bottoms[0].Data.Fill(float.PositiveInfinity));
        harness.Bottoms[0].Data[0] = -1e30f;
        harness.Bottoms[0].Data[17] = float.NaN;
        harness.Forward();
        Assert.Equal(low, type == "ReLU" ? Math.Abs(harness.Top[0]) : harness.Top[0]);
        Assert.Equal(high, harness.Top[1]);
        Assert.True(float.IsNaN(harness.Top[17]));
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void TheResultDoesNotDependOnTheThreads()
    {
        float[][] results = new float[2][];
        for (int i = 0; i < 2; i++)
        {
            using var harness = new LayerHarness("type: 'TanH'", [[3, 40_003]], threads: i == 0 ? 1 : 3);
            harness.Forward();
            results[i] = harness.Top;
        }

        Assert.Equal(results[0], results[1]);
    }
}
