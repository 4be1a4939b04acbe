using Cnn.Layers.Kernels.Losses;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Tests.Layers.Kernels;

namespace Cnn.Tests.Layers.Losses;

public sealed unsafe class SmoothL1LossLayerTests
{
    /// <summary>Definition, whether there are weights, and a shape.</summary>
    public static TheoryData<string, bool, int[]> Losses => new()
    {
        { "type: 'SmoothL1Loss'", false, [3, 4] },
        { "type: 'SmoothL1Loss'", false, [1, 2, 1, 3] },
        { "type: 'SmoothL1Loss' smooth_l1_loss_param { sigma: 3 }", false, [2, 19] },
        { "type: 'SmoothL1Loss' smooth_l1_loss_param { sigma: 0.5 }", true, [2, 3, 5, 2] },
        { "type: 'SmoothL1LossOHEM'", false, [2, 3, 5, 2] },
        { "type: 'SmoothL1LossOHEM' loss_param { normalization: PRE_FIXED pre_fixed_normalizer: 4 }", false, [3, 21] },
    };

    [Theory]
    [MemberData(nameof(Losses))]
    [Trait("Category", "Gradient")]
    public void TheGradientIsThatOfTheLoss(string definition, bool hasWeights, int[] shape)
    {
        using var harness = new LayerHarness(
            definition, [.. Enumerable.Repeat(shape, hasWeights ? 4 : 2)], prepare: h =>
            {
                LayerHarness.Fill(h.Bottoms[0].Data, 3, -2, 2);
                LayerHarness.Fill(h.Bottoms[1].Data, 4, -2, 2);
            });
        new GradientChecker { Bottoms = [0, 1], Step = 2e-3f, Tolerance = 4e-3 }.Check(harness);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void TheLossIsThatOfTheFormula()
    {
        using var harness = new LayerHarness(
            "type: 'SmoothL1Loss' smooth_l1_loss_param { sigma: 2 }", [[2, 3], [2, 3], [2, 3], [2, 3]]);
        harness.Set(0, 1, 2, 3, 0, -1, 0.1f);
        harness.Set(1, 1, 0, 0, 0, 0, 0);
        harness.Set(2, 1, 1, 0, 1, 2, 1);
        harness.Set(3, 1, 2, 9, 1, 1, 3);
        harness.Forward();

        // Differences 0, 2, 0, 0, -2, 0.1; the parts meet at 1/4, where the linear one is |d| - 1/8.
        Assert.Equal(((2 * 1.875) + 1.875 + (3 * 0.02)) / 2, harness.Top[0], 1e-6);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void TheForksDifferInTheLossWeight()
    {
        using var ssd = new LayerHarness("type: 'SmoothL1Loss'", [[2, 3], [2, 3]]);
        using var fast = new LayerHarness("type: 'SmoothL1Loss' smooth_l1_loss_param { }", [[2, 3], [2, 3]]);
        using var weighted = new LayerHarness("type: 'SmoothL1Loss'", [[2, 3], [2, 3], [2, 3], [2, 3]]);
        using var mined = new LayerHarness("type: 'SmoothL1LossOHEM'", [[2, 3], [2, 3]]);
        Assert.Equal(
            [true, false, false, false],
            new[] { ssd, fast, weighted, mined }.Select(harness => harness.Layer.IsLoss));
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void HardExamplesHaveALossOfTheirOwnAndOneWeight()
    {
        using var harness = new LayerHarness(
            "type: 'SmoothL1LossOHEM'", [[2, 2, 1, 2], [2, 2, 1, 2], [2, 2, 1, 2]], tops: 2);
        harness.Set(0, 1, 2, 3, 0, -1, 0.5f, 0, 0);
        harness.Bottoms[1].Data.Clear();
        harness.Bottoms[2].Data.Fill(0.5f);
        harness.Forward();
        Assert.Equal([2, 1, 1, 2], harness.Tops[1].Shape.ToArray());
        Assert.Equal([0.125f + 1, 0.5f, 0.125f, 0.03125f], harness.Tops[1].Data.ToArray());
        Assert.Equal((1.125f + 0.5f + 0.125f + 0.03125f) / 4, harness.Top[0], 1e-6f);
        harness.Tops[0].Diff[0] = 4;
        harness.Backward(0);
        Assert.Equal([0.5f, 1, 1, 0, -0.5f, 0.25f, 0, 0], harness.Bottoms[0].Diff.ToArray());
    }

    [Fact]
    [Trait("Category", "Kernel")]
    public void ALossDependsOnTheDifferenceAlone()
    {
        using var pool = new WorkerPool(1);
        PlaceTest.AssertEach(
            4, (x, y, count) => SmoothL1Kernel.Gradient(
                x[0], x[1], x[2], x[2], x[3], y, count, 4, 0.3f, pool));
        PlaceTest.AssertEach(
            2, (x, y, count) => SmoothL1Kernel.SumChannels(x[0], x[1], null, y, 1, 1, count, 4, pool));
        using var harness = new LayerHarness("type: 'SmoothL1LossOHEM'", [[1, 1, 1, 70], [1, 1, 1, 70]], tops: 2);
        harness.Forward();
        for (int i = 0; i < 70; i++)
        {
            float d = harness.Bottoms[0].Data[i] - harness.Bottoms[1].Data[i];
            Assert.Equal(SmoothL1Kernel.Reference(d, 1), harness.Tops[1].Data[i], 1e-6f);
        }
    }

    [Theory]
    [InlineData("type: 'SmoothL1Loss'", 3, "takes 2 or 4 bottoms")]
    [InlineData("type: 'SmoothL1Loss' smooth_l1_loss_param { sigma: 0 }", 2, "sigma is 0")]
    [Trait("Category", "Unit")]
    public void WrongOptionsAreNamed(string definition, int bottoms, string expected)
    {
        var exception = Assert.Throws<CnnException>(
            () => new LayerHarness(definition, [.. Enumerable.Repeat((int[])[2, 3], bottoms)]).Dispose());
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }

    [Theory]
    [InlineData("SmoothL1Loss")]
    [InlineData("SmoothL1LossOHEM")]
    [Trait("Category", "Unit")]
    public void ShapesMustBeEqual(string type)
    {
        var exception = Assert.Throws<CnnException>(
            () => new LayerHarness($"type: '{type}'", [[2, 6], [2, 3, 2]]).Dispose());
        Assert.Contains("'bottom1' of shape 2 3 2 (12) differ", exception.Message, StringComparison.Ordinal);
        new LayerHarness($"type: '{type}'", [[2, 6], [2, 6, 1, 1]]).Dispose();
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void WeightsHaveNoGradientAndPassesAllocateNothing()
    {
        using var harness = new LayerHarness("type: 'SmoothL1Loss'", [[2, 3], [2, 3], [2, 3], [2, 3]]);
        harness.Forward();
        Assert.Throws<CnnException>(() => harness.Backward(2));
        Assert.False(harness.Layer.AllowsForceBackward(3));
        harness.AssertAllocatesNothing(0, 1);
    }
}
