using Cnn.Proto;

namespace Cnn.Tests.Layers.Common;

public class FlattenLayerTests
{
    [Theory]
    [InlineData("", new[] { 2, 3, 4, 5 }, new[] { 2, 60 })]
    [InlineData("axis: 2", new[] { 2, 3, 4, 5 }, new[] { 2, 3, 20 })]
    [InlineData("axis: 0", new[] { 2, 3, 4 }, new[] { 24 })]
    [InlineData("axis: 1 end_axis: 2", new[] { 2, 3, 4, 5 }, new[] { 2, 12, 5 })]
    [InlineData("axis: -3 end_axis: -2", new[] { 2, 3, 4, 5 }, new[] { 2, 12, 5 })]
    [InlineData("axis: 1 end_axis: 1", new[] { 2, 3, 4 }, new[] { 2, 3, 4 })]
    [InlineData("axis: 0", new[] { 7 }, new[] { 7 })]
    [InlineData("", new[] { 0, 3, 4 }, new[] { 0, 12 })]
    [InlineData("", new[] { 2, 0, 4 }, new[] { 2, 0 })]
    [Trait("Category", "Unit")]
    public void TheAxesFromTheFirstToTheLastBecomeOne(string options, int[] bottom, int[] top)
    {
        using var harness = new LayerHarness($"type: 'Flatten' flatten_param {{ {options} }}", [bottom]);
        harness.Forward();
        Assert.Equal(top, harness.Tops[0].Shape.ToArray());
        Assert.Equal(harness.Bottoms[0].Data.ToArray(), harness.Top);
        Assert.False(harness.Layer.AllowsInPlace);
    }

    [Fact]
    [Trait("Category", "Gradient")]
    public void TheGradientIsTheTops()
    {
        using var harness = new LayerHarness("type: 'Flatten'", [[2, 3, 5]]);
        harness.Forward();
        LayerHarness.Fill(harness.Tops[0].Diff, 5);
        harness.Backward();
        Assert.Equal(harness.Tops[0].Diff.ToArray(), harness.Bottoms[0].Diff.ToArray());
        harness.AssertAllocatesNothing();
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void ABottomThatGrowsIsFollowed()
    {
        using var harness = new LayerHarness("type: 'Flatten'", [[1, 3, 2]]);
        harness.Forward();
        harness.Bottoms[0].Reshape(30, 3, 5);
        harness.Bottoms[0].Data.Fill(6);
        harness.Forward();
        Assert.Equal([30, 15], harness.Tops[0].Shape.ToArray());
        Assert.All(harness.Top, y => Assert.Equal(6, y));
    }

    [Theory]
    [InlineData("axis: 3", "axis 3 does not exist")]
    [InlineData("axis: -4", "axis -4 does not exist")]
    [InlineData("end_axis: 3", "end_axis 3 does not exist")]
    [InlineData("axis: 2 end_axis: -2", "end_axis -2 is before axis 2")]
    [Trait("Category", "Unit")]
    public void AWrongAxisIsNamedAndLocated(string options, string expected)
    {
        var exception = Assert.Throws<CnnException>(
            () => new LayerHarness($"type: 'Flatten' flatten_param {{ {options} }}", [[2, 3, 4]]).Dispose());
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.Equal("layer", exception.Diagnostics[0].Layer);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }

    [Theory]
    [InlineData(50000)]
    [InlineData(70000)]
    [Trait("Category", "Unit")]
    public void AnAxisTooLongIsAnErrorAlsoWithoutItems(int size)
    {
        var exception = Assert.Throws<CnnException>(
            () => new LayerHarness("type: 'Flatten'", [[0, size, size]]).Dispose());
        Assert.Contains("axes 1 to 2 of bottom 'bottom0'", exception.Message, StringComparison.Ordinal);
        Assert.Equal("layer", exception.Diagnostics[0].Layer);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }
}
