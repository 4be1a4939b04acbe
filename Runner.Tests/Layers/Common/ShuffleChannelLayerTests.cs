using Cnn.Proto;

namespace Cnn.Tests.Layers.Common;

public class ShuffleChannelLayerTests
{
    [Fact]
    [Trait("Category", "Unit")]
    public void TheChannelsOfTheGroupsTakeTurns()
    {
        using var harness = new LayerHarness("type: 'ShuffleChannel' shuffle_channel_param { group: 2 }", [[2, 6]]);
        harness.Set(0, 0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15);
        harness.Forward();
        Assert.Equal([0, 3, 1, 4, 2, 5, 10, 13, 11, 14, 12, 15], harness.Top);
    }

    [Theory]
    [InlineData(1, new[] { 2, 3, 2, 2 })]
    [InlineData(3, new[] { 2, 6, 3, 5 })]
    [InlineData(4, new[] { 1, 8 })]
    [Trait("Category", "Gradient")]
    public void TheGradientIsThatOfTheFunction(int groups, int[] shape)
    {
        using var harness = new LayerHarness(
            $"type: 'ShuffleChannel' shuffle_channel_param {{ group: {groups} }}", [shape]);
        new GradientChecker().Check(harness);
        harness.AssertAllocatesNothing();
    }

    [Theory]
    [InlineData(3, new[] { 2, 4, 3, 3 }, "does not divide into 3 groups of channels")]
    [InlineData(0, new[] { 2, 4, 3, 3 }, "group is 0")]
    [InlineData(1, new[] { 2 }, "does not divide into 1 groups of channels")]
    [Trait("Category", "Unit")]
    public void AWrongConfigurationIsNamedAndLocated(int groups, int[] shape, string expected)
    {
        var exception = Assert.Throws<CnnException>(() => new LayerHarness(
            $"type: 'ShuffleChannel' shuffle_channel_param {{ group: {groups} }}", [shape]));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }
}
