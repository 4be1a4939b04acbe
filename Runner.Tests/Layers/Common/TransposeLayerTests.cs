using Cnn.Proto;

namespace Cnn.Tests.Layers.Common;

public class TransposeLayerTests
{
    [Theory]
    [InlineData("dim: 3 dim: 2 dim: 0 dim: 1", "order: 3 order: 2 order: 0 order: 1")]
    [InlineData("dim: 0 dim: 1 dim: 3 dim: 2", "order: 0 order: 1 order: 3 order: 2")]
    [InlineData("dim: 0 dim: 1 dim: 2 dim: 3", "")]
    [Trait("Category", "Unit")]
    public void ItIsPermuteWithAllAxesNamed(string dims, string order)
    {
        using var transpose = new LayerHarness($"type: 'Transpose' transpose_param {{ {dims} }}", [[2, 3, 4, 5]]);
        using var permute = new LayerHarness($"type: 'Permute' permute_param {{ {order} }}", [[2, 3, 4, 5]]);
        transpose.Forward();
        permute.Forward();
        Assert.Equal(permute.Tops[0].Shape.ToArray(), transpose.Tops[0].Shape.ToArray());
        Assert.Equal(permute.Top, transpose.Top);
    }

    [Fact]
    [Trait("Category", "Gradient")]
    public void TheGradientTakesTheWayBack()
    {
        using var harness = new LayerHarness(
            "type: 'Transpose' transpose_param { dim: 2 dim: 0 dim: 1 }", [[2, 3, 4]]);
        new GradientChecker().Check(harness);
    }

    [Theory]
    [InlineData("dim: 0 dim: 1")]
    [InlineData("dim: 0 dim: 1 dim: 1")]
    [InlineData("dim: 0 dim: 1 dim: 3")]
    [InlineData("dim: 0 dim: 1 dim: -1")]
    [Trait("Category", "Unit")]
    public void EveryAxisIsNamedOnce(string dims)
    {
        var exception = Assert.Throws<CnnException>(
            () => new LayerHarness($"type: 'Transpose' transpose_param {{ {dims} }}", [[2, 3, 4]]).Dispose());
        Assert.Contains("is no order of the axes", exception.Message, StringComparison.Ordinal);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }
}
