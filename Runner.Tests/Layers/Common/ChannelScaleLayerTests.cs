using Cnn.Proto;

namespace Cnn.Tests.Layers.Common;

public class ChannelScaleLayerTests
{
    [Theory]
    [InlineData(new[] { 2, 3, 4, 5 }, new[] { 2, 1, 4, 5 })]
    [InlineData(new[] { 3, 7 }, new[] { 3, 1, 1, 1 })]
    [Trait("Category", "Gradient")]
    public void AllChannelsOfAPositionHaveOneFactor(int[] shape, int[] factors)
    {
        using var harness = new LayerHarness("type: 'ChannelScale'", [shape, factors]);
        harness.Forward();
        int channels = shape[1], inner = harness.Bottoms[0].CountOf(2);
        for (int i = 0; i < harness.Top.Length; i++)
        {
            float factor = harness.Bottoms[1].Data[(i / (channels * inner) * inner) + (i % inner)];
            Assert.Equal(harness.Bottoms[0].Data[i] * factor, harness.Top[i]);
        }

        new GradientChecker().Check(harness);
        harness.AssertAllocatesNothing();
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void WhatIsSwitchedOffIsPassedOn()
    {
        using var harness = new LayerHarness(
            "type: 'ChannelScale' channel_scale_param { do_forward: false do_backward_feature: false "
            + "do_backward_scale: false }",
            [[2, 3], [2]]);
        harness.Forward();
        Assert.Equal(harness.Bottoms[0].Data.ToArray(), harness.Top);
        LayerHarness.Fill(harness.Tops[0].Diff, 3);
        harness.Backward();
        Assert.Equal(harness.Tops[0].Diff.ToArray(), harness.Bottoms[0].Diff.ToArray());
        Assert.Equal([0, 0], harness.Bottoms[1].Diff.ToArray());
    }

    [Theory]
    [InlineData("channel_scale_param { global_scale: true }", new[] { 2, 1 }, "keeps no running factor")]
    [InlineData("", new[] { 2, 2 }, "'bottom1' 2 2 (4)")]
    [Trait("Category", "Unit")]
    public void WhatDoesNotFitIsNamed(string options, int[] factors, string expected) => Assert.Contains(
        expected,
        Assert.Throws<CnnException>(
            () => new LayerHarness($"type: 'ChannelScale' {options}", [[2, 3], factors])).Message,
        StringComparison.Ordinal);
}
