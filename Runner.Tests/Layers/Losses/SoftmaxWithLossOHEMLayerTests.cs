using Cnn.Proto;

namespace Cnn.Tests.Layers.Losses;

/// <summary>SoftmaxWithLossOHEM, and what R-FCN and NVCaffe add to <c>loss_param</c>.</summary>
public class SoftmaxWithLossOHEMLayerTests
{
    [Fact]
    [Trait("Category", "Unit")]
    public void EachPositionHasItsLoss()
    {
        using LayerHarness harness = Make("type: 'SoftmaxWithLossOHEM' loss_param { ignore_label: 2 }", 3);
        harness.Forward();
        float[] p = harness.Tops[1].Data.ToArray(), labels = harness.Bottoms[1].Data.ToArray();
        Assert.Equal(harness.Bottoms[1].Shape.ToArray(), harness.Tops[2].Shape.ToArray());
        double sum = 0;
        int valid = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            int place = (i / 20 * 60) + (i % 20) + ((int)labels[i] * 20);
            double expected = labels[i] == 2 ? 0 : -Math.Log(p[place]);
            Assert.Equal(expected, harness.Tops[2].Data[i], 1e-5);
            sum += expected;
            valid += labels[i] == 2 ? 0 : 1;
        }

        Assert.Equal(sum / valid, harness.Top[0], 1e-5);
        Assert.True(harness.Layer.IsLoss);
        harness.AssertAllocatesNothing(0);
    }

    [Theory]
    [InlineData("type: 'SoftmaxWithLossOHEM'")]
    [InlineData("type: 'SoftmaxWithLoss' loss_param { label_smoothing: 0.3 }")]
    [InlineData("type: 'SoftmaxWithLoss' loss_param { label_smoothing: 0.1 ignore_label: 2 normalization: FULL }")]
    [InlineData("type: 'SoftmaxWithLoss' loss_param { normalization: PRE_FIXED pre_fixed_normalizer: 7 }")]
    [Trait("Category", "Gradient")]
    public void TheGradientIsThatOfTheLoss(string definition)
    {
        using LayerHarness harness = Make(definition, 1);
        new GradientChecker { Bottoms = [0] }.Check(harness);
        using var row = new LayerHarness(definition, [[4, 19], [4]], prepare: h => h.Set(1, 0, 18, 2, 7));
        new GradientChecker { Bottoms = [0] }.Check(row);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void SmoothedLabelsShareTheTargetOut()
    {
        using var harness = new LayerHarness(
            "type: 'SoftmaxWithLoss' loss_param { label_smoothing: 0.3 }", [[1, 3], [1]],
            prepare: h => h.Set(1, 2));
        harness.Set(0, 0, MathF.Log(2), MathF.Log(5));
        harness.Forward();
        double expected = -((0.1 * Math.Log(1 / 8.0)) + (0.1 * Math.Log(2 / 8.0)) + (0.8 * Math.Log(5 / 8.0)));
        Assert.Equal(expected, harness.Top[0], 1e-6);
    }

    [Theory]
    [InlineData("SoftmaxWithLoss", "PRE_FIXED pre_fixed_normalizer: 8", 8)]
    [InlineData("SoftmaxWithLoss", "PRE_FIXED", 1)]
    [InlineData("SoftmaxWithLoss", "PRE_FIXED pre_fixed_normalizer: 0.25", 1)]
    [InlineData("SigmoidCrossEntropyLoss", "PRE_FIXED pre_fixed_normalizer: 8", 8)]
    [Trait("Category", "Unit")]
    public void ALossIsDividedByTheNumberGivenButNeverByLessThanOne(string type, string options, float divisor)
    {
        int[] labels = type == "SoftmaxWithLoss" ? [3] : [3, 4];
        float[] losses = [.. new[] { "NONE", options }.Select(mode =>
        {
            using var harness = new LayerHarness(
                $"type: '{type}' loss_param {{ normalization: {mode} }}", [[3, 4], labels],
                prepare: h => h.Bottoms[1].Data.Fill(1));
            harness.Forward();
            return harness.Top[0];
        })];
        Assert.Equal(losses[0] / divisor, losses[1], 1e-6f);
    }

    [Theory]
    [InlineData("-0.1")]
    [InlineData("1")]
    [Trait("Category", "Unit")]
    public void SmoothingIsAShare(string smoothing)
    {
        var exception = Assert.Throws<CnnException>(() => new LayerHarness(
            $"type: 'SoftmaxWithLoss' loss_param {{ label_smoothing: {smoothing} }}", [[2, 3], [2]]).Dispose());
        Assert.Contains($"label_smoothing is {smoothing}", exception.Message, StringComparison.Ordinal);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }

    private static LayerHarness Make(string definition, int tops) => new(
        definition, [[2, 3, 20], [2, 20]], tops, prepare: h =>
        {
            for (int i = 0; i < h.Bottoms[1].Count; i++)
            {
                h.Bottoms[1].Data[i] = i * 7 % 3;
            }
        });
}
