using Cnn.Proto;

namespace Cnn.Tests.Layers.Losses;

public class L1LossLayerTests
{
    /// <summary>Options, the number of bottoms, and a shape.</summary>
    public static TheoryData<string, int, int[]> Losses => new()
    {
        { "", 2, [3, 4] },
        { "", 1, [3, 4] },
        { "l1_loss_param { normalize_by_num_entries: true }", 2, [2, 3, 5] },
        { "l1_loss_param { plateau: 0.31 }", 1, [2, 19] },
        { "l1_loss_param { l2_per_location: true }", 2, [2, 3, 5, 7] },
        { "l1_loss_param { l2_per_location: true epsilon: 0.5 }", 1, [1, 2, 1, 1] },
        {
            "l1_loss_param { l2_per_location: true l2_prescale_by_channels: true plateau: 1.0 "
            + "normalize_by_num_entries: true }",
            2, [2, 2, 3, 3]
        },
    };

    [Theory]
    [MemberData(nameof(Losses))]
    [Trait("Category", "Gradient")]
    public void TheGradientIsThatOfTheLoss(string options, int bottoms, int[] shape)
    {
        using LayerHarness harness = Make(options, bottoms, shape, h =>
        {
            LayerHarness.FillApart(h.Bottoms[0].Data, 3, 0.25f);
            if (bottoms > 1)
            {
                h.Bottoms[1].Data.Fill(0.003f);
            }
        });
        new GradientChecker { Step = 2e-3f, Tolerance = 5e-3 }.Check(harness);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void WhatIsNoNumberHasNeitherLossNorGradientInFlowNets()
    {
        using LayerHarness harness = Make("l1_loss_param { normalize_by_num_entries: true }", 2, [1, 2, 1, 2]);
        harness.Set(0, 3, float.NaN, -1, 0);
        harness.Set(1, 1, 1, 0, 0);
        harness.Forward();
        Assert.Equal(3 / 1.5f, harness.Top[0]);
        harness.Tops[0].Diff[0] = 1.5f;
        harness.Backward(0, 1);
        Assert.Equal([1, 0, -1, -1], harness.Bottoms[0].Diff.ToArray());
        Assert.Equal([-1, 0, 1, 1], harness.Bottoms[1].Diff.ToArray());
        harness.AssertAllocatesNothing(0, 1);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void LengthsAreTakenOverTheChannels()
    {
        using LayerHarness harness = Make("l1_loss_param { l2_per_location: true plateau: 2 }", 1, [2, 2, 1, 2]);
        harness.Set(0, 3, 1, 4, 1, float.NaN, 0, 5, 0);
        harness.Forward();
        double expected = Math.Sqrt(25.01) + (2 * Math.Sqrt(0.01)) + Math.Sqrt(25.01);
        Assert.Equal(expected / 2, harness.Top[0], 1e-5);
        harness.Tops[0].Diff[0] = 2;
        harness.Backward(0);
        float[] gradient = harness.Bottoms[0].Diff.ToArray();
        Assert.Equal(3 / Math.Sqrt(25.01), gradient[0], 1e-6);
        Assert.Equal(4 / Math.Sqrt(25.01), gradient[2], 1e-6);
        Assert.Equal(5 / Math.Sqrt(25.01), gradient[6], 1e-6);
        Assert.Equal([0, 0, 0, 0, 0], new[] { 1, 3, 4, 5, 7 }.Select(i => gradient[i]));
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void TheForksDifferInTheSlopeAtZero()
    {
        float[] slopes =
        [
            .. new[] { "", "l1_loss_param { }" }.Select(options =>
            {
                using LayerHarness harness = Make(options, 2, [1, 1]);
                harness.Set(1, harness.Bottoms[0].Data[0]);
                harness.Forward();
                harness.Tops[0].Diff[0] = 1;
                harness.Backward(0);
                return harness.Bottoms[0].Diff[0];
            }),
        ];
        Assert.Equal([0, -1], slopes);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void WrongDefinitionsAreNamed()
    {
        var exception = Assert.Throws<CnnException>(
            () => Make("l1_loss_param { l2_per_location: true epsilon: -1 }", 1, [2, 2]).Dispose());
        Assert.Contains("epsilon is -1", exception.Message, StringComparison.Ordinal);
        exception = Assert.Throws<CnnException>(
            () => Make("l1_loss_param { l2_per_location: true }", 1, [2]).Dispose());
        Assert.Contains("'bottom0' has shape 2 (2)", exception.Message, StringComparison.Ordinal);
        Assert.Throws<CnnException>(() => new LayerHarness("type: 'L1Loss'", [[2, 3], [2, 4]]).Dispose());
    }

    private static LayerHarness Make(
        string options, int bottoms, int[] shape, Action<LayerHarness>? prepare = null) =>
        new($"type: 'L1Loss' {options}", [.. Enumerable.Repeat(shape, bottoms)], prepare: prepare);
}
