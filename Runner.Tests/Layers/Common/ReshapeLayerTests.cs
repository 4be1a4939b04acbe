using Cnn.Proto;

namespace Cnn.Tests.Layers.Common;

public class ReshapeLayerTests
{
    [Theory]
    [InlineData("shape { dim: 0 dim: 2 dim: -1 }", new[] { 2, 6, 5 }, new[] { 2, 2, 15 })]
    [InlineData("shape { dim: -1 }", new[] { 2, 6, 5 }, new[] { 60 })]
    [InlineData("shape { dim: 0 dim: 0 dim: 0 }", new[] { 2, 6, 5 }, new[] { 2, 6, 5 })]
    [InlineData("axis: 1 shape { dim: 0 dim: -1 }", new[] { 2, 6, 5 }, new[] { 2, 6, 5 })]
    [InlineData("axis: 1 shape { dim: 3 dim: 0 dim: -1 }", new[] { 2, 6, 5 }, new[] { 2, 3, 5, 2 })]
    [InlineData("axis: 1 num_axes: 1 shape { dim: 2 dim: 3 }", new[] { 2, 6, 5 }, new[] { 2, 2, 3, 5 })]
    [InlineData("axis: -2 shape { dim: 1 dim: 5 }", new[] { 2, 6, 5 }, new[] { 2, 6, 1, 5 })]
    [InlineData("axis: -1 shape { dim: 1 dim: 1 }", new[] { 2, 6 }, new[] { 2, 6, 1, 1 })]
    [InlineData("axis: 0 num_axes: 0 shape { dim: 1 }", new[] { 2, 6 }, new[] { 1, 2, 6 })]
    [InlineData("axis: 1 num_axes: 2 shape { dim: -1 }", new[] { 2, 6, 5, 3 }, new[] { 2, 30, 3 })]
    [InlineData("axis: 1 num_axes: 1 shape { }", new[] { 2, 1, 5 }, new[] { 2, 5 })]
    [InlineData("shape { }", new[] { 1, 1 }, new int[0])]
    [InlineData("shape { dim: 1 dim: 1 }", new int[0], new[] { 1, 1 })]
    [InlineData("axis: 1 shape { dim: -1 }", new[] { 0, 6, 5 }, new[] { 0, 0 })]
    [Trait("Category", "Unit")]
    public void TheShapeReplacesTheAxesItIsFor(string options, int[] bottom, int[] top)
    {
        using var harness = new LayerHarness($"type: 'Reshape' reshape_param {{ {options} }}", [bottom]);
        harness.Forward();
        LayerHarness.Fill(harness.Tops[0].Diff, 5);
        harness.Backward();
        Assert.Equal(top, harness.Tops[0].Shape.ToArray());
        Assert.Equal(harness.Bottoms[0].Data.ToArray(), harness.Top);
        Assert.Equal(harness.Tops[0].Diff.ToArray(), harness.Bottoms[0].Diff.ToArray());
        Assert.False(harness.Layer.AllowsInPlace);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void WhatIsCopiedAndWhatIsLeftOverFollowTheBottom()
    {
        using var harness = new LayerHarness(
            "type: 'Reshape' reshape_param { shape { dim: 0 dim: -1 dim: 2 } }", [[3, 4]]);
        harness.AssertAllocatesNothing();
        harness.Bottoms[0].Reshape(50, 6);
        harness.Bottoms[0].Data.Fill(8);
        harness.Forward();
        Assert.Equal([50, 3, 2], harness.Tops[0].Shape.ToArray());
        Assert.All(harness.Top, y => Assert.Equal(8, y));
        harness.Bottoms[0].Reshape(50, 7);
        var exception = Assert.Throws<CnnException>(harness.Forward);
        Assert.Contains("-1 cannot be found", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shape { dim: 4 }", "needs 4 values")]
    [InlineData("axis: 1 shape { dim: 4 }", "needs 8 values")]
    [InlineData("shape { dim: 2147483647 dim: 2147483647 dim: 2147483647 }", "the shape 2147483647 2147483647 ")]
    [InlineData("shape { dim: 9223372036854775807 }", "dim 9223372036854775807 is impossible")]
    [InlineData("shape { dim: -2 }", "dim -2 is impossible")]
    [InlineData("shape { dim: -1 dim: -1 }", "-1 is given twice")]
    [InlineData("shape { dim: 4 dim: -1 }", "-1 cannot be found")]
    [InlineData("axis: -1 shape { dim: 0 }", "dim 0 asks for axis 2")]
    [InlineData("axis: -4 shape { dim: 6 }", "axis -4 does not exist")]
    [InlineData("axis: -2147483648 shape { dim: 6 }", "axis -2147483648 does not exist")]
    [InlineData("axis: 3 shape { dim: 6 }", "axis 3 does not exist")]
    [InlineData("num_axes: -2 shape { dim: 6 }", "num_axes -2 from axis 0")]
    [InlineData("num_axes: 3 shape { dim: 6 }", "num_axes 3 from axis 0")]
    [Trait("Category", "Unit")]
    public void AWrongShapeIsNamedAndLocated(string options, string expected)
    {
        var exception = Assert.Throws<CnnException>(
            () => new LayerHarness($"type: 'Reshape' reshape_param {{ {options} }}", [[2, 3]]).Dispose());
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.Equal("layer", exception.Diagnostics[0].Layer);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void MoreAxesThanABlobHasAreAnError()
    {
        string dims = string.Concat(Enumerable.Repeat("dim: 1 ", 32));
        var exception = Assert.Throws<CnnException>(() => new LayerHarness(
            $"type: 'Reshape' reshape_param {{ axis: 1 shape {{ dim: 3 {dims} }} }}", [[2, 3]]).Dispose());
        Assert.Equal("layer", exception.Diagnostics[0].Layer);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }
}
