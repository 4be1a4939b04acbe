using Cnn.Proto;

namespace Cnn.Tests.Layers.Common;

[Trait("Category", "Unit")]
public class ExpandDimsNDLayerTests
{
    [Theory]
    [InlineData("", new[] { 2, 3 })]
    [InlineData("axis: 0", new[] { 1, 2, 3 })]
    [InlineData("axis: 2", new[] { 2, 3, 1 })]
    [InlineData("axis: -1", new[] { 2, 3, 1 })]
    [InlineData("axis: -3", new[] { 1, 2, 3 })]
    [InlineData("axis: 0 axis: 1 axis: 2", new[] { 1, 2, 1, 3, 1 })]
    [InlineData("axis: 1 axis: 1", new[] { 2, 1, 1, 3 })]
    public void AxesArePutInBeforeThoseOfTheBottom(string options, int[] top)
    {
        using var harness = Make(options);
        harness.Forward();
        Assert.Equal(top, harness.Tops[0].Shape.ToArray());
        Assert.True(harness.Tops[0].SharesDataWith(harness.Bottoms[0]));
        harness.AssertAllocatesNothing();
    }

    [Theory]
    [InlineData("axis: 3", "axis 3 does not exist in a bottom of shape 2 3 (6)")]
    [InlineData("axis: -4", "axis -4 does not exist in a bottom of shape 2 3 (6)")]
    [InlineData("axis: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]",
        "a top of 33 axes is asked for")]
    public void AWrongConfigurationIsNamedAndLocated(string options, string expected)
    {
        var exception = Assert.Throws<CnnException>(() => Make(options));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }

    private static LayerHarness Make(string options) =>
        new($"type: 'ExpandDimsND' expand_dims_nd_param {{ {options} }}", [[2, 3]]);
}
