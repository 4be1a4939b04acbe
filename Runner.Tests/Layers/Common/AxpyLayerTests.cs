using Cnn.Proto;

namespace Cnn.Tests.Layers.Common;

public class AxpyLayerTests
{
    [Theory]
    [InlineData(new[] { 2, 3 }, new[] { 2, 3, 2, 5 })]
    [InlineData(new[] { 2, 3, 1, 1 }, new[] { 2, 3, 4, 5 })]
    [InlineData(new[] { 1, 70 }, new[] { 1, 70 })]
    [Trait("Category", "Gradient")]
    public void TheGradientIsThatOfTheFunction(int[] scale, int[] shape)
    {
        using var harness = new LayerHarness("type: 'Axpy'", [scale, shape, shape]);
        new GradientChecker().Check(harness);
        harness.AssertAllocatesNothing();
    }

    [Theory]
    [InlineData(3, 5, 7)]
    [InlineData(1, 2, 40000)]
    [InlineData(20, 60, 1)]
    [Trait("Category", "Kernel")]
    public void EachChannelIsScaledAndAddedTo(int images, int channels, int size)
    {
        int[] shape = [images, channels, size];
        using var harness = new LayerHarness("type: 'Axpy'", [[images, channels], shape, shape]);
        harness.Forward();
        Span<float> a = harness.Bottoms[0].Data, x = harness.Bottoms[1].Data, y = harness.Bottoms[2].Data;
        for (int i = 0; i < x.Length; i++)
        {
            Assert.Equal((a[i / size] * x[i]) + y[i], harness.Tops[0].Data[i], 1e-6);
        }
    }

    [Theory]
    [InlineData(new[] { 2, 4, 1, 1 }, new[] { 2, 4, 3, 3 }, new[] { 2, 4, 3, 2 }, "'bottom2' 2 4 3 2")]
    [InlineData(new[] { 2, 3, 1, 1 }, new[] { 2, 4, 3, 3 }, new[] { 2, 4, 3, 3 }, "'bottom0' has shape 2 3 1 1")]
    [InlineData(new[] { 2, 4, 1, 2 }, new[] { 2, 4, 3, 3 }, new[] { 2, 4, 3, 3 }, "'bottom0' has shape 2 4 1 2")]
    [InlineData(new[] { 2 }, new[] { 2 }, new[] { 2 }, "'bottom0' has shape 2 (2)")]
    [Trait("Category", "Unit")]
    public void ShapesThatDoNotFitAreNamed(int[] scale, int[] x, int[] y, string expected) => Assert.Contains(
        expected,
        Assert.Throws<CnnException>(() => new LayerHarness("type: 'Axpy'", [scale, x, y])).Message,
        StringComparison.Ordinal);
}
