using Cnn.Proto;

namespace Cnn.Tests.Layers.Common;

[Trait("Category", "Unit")]
public class SqueezeLayerTests
{
    [Theory]
    [InlineData("", new[] { 2, 1, 3, 1 }, new[] { 2, 3 })]
    [InlineData("axis: 1", new[] { 2, 1, 3, 1 }, new[] { 2, 3, 1 })]
    [InlineData("axis: -1", new[] { 2, 1, 3, 1 }, new[] { 2, 1, 3 })]
    [InlineData("axis: 3 axis: 1 axis: -3", new[] { 2, 1, 3, 1 }, new[] { 2, 3 })]
    [InlineData("", new[] { 1, 1 }, new int[0])]
    public void AxesOfSizeOneAreLeftOut(string options, int[] bottom, int[] top)
    {
        using var harness = new LayerHarness($"type: 'Squeeze' squeeze_param {{ {options} }}", [bottom]);
        harness.Forward();
        Assert.Equal(top, harness.Tops[0].Shape.ToArray());
        Assert.True(harness.Tops[0].SharesDataWith(harness.Bottoms[0]));
        harness.AssertAllocatesNothing();
    }

    [Theory]
    [InlineData("axis: 2", "axis 2 of bottom 'bottom0', shape 2 1 3 1 (6), has size 3")]
    [InlineData("axis: 4", "axis 4 does not exist")]
    public void AWrongConfigurationIsNamedAndLocated(string options, string expected)
    {
        var exception = Assert.Throws<CnnException>(
            () => new LayerHarness($"type: 'Squeeze' squeeze_param {{ {options} }}", [[2, 1, 3, 1]]));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }
}
