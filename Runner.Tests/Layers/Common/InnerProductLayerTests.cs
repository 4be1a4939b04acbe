using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Tests.Layers.Kernels;

namespace Cnn.Tests.Layers.Common;

[Trait("Category", "Unit")]
public sealed class InnerProductLayerTests : IDisposable
{
    private readonly WorkerPool pool = new(2);

    public void Dispose() => pool.Dispose();

    [Theory]
    [InlineData("", "2 5", "5 60")]
    [InlineData("axis: 2", "2 3 5", "5 20")]
    [InlineData("axis: -1 transpose: true", "2 3 4 5", "5 5")]
    [InlineData("axis: 0", "5", "5 120")]
    public void ShapesFollowTheAxis(string options, string top, string weights)
    {
        var it = new LayerCase(
            pool, "InnerProduct", $"inner_product_param {{ num_output: 5 {options} }}", [2, 3, 4, 5]);
        Assert.Equal(top, string.Join(' ', it.Tops[0].Shape.ToArray()));
        Assert.Equal(weights, string.Join(' ', it.Layer.Blobs[0].Shape.ToArray()));
        Assert.Equal([5], it.Layer.Blobs[1].Shape.ToArray());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ValuesAndGradientsAreThoseOfTheFormula(bool transpose)
    {
        var it = new LayerCase(
            pool, "InnerProduct",
            $"inner_product_param {{ num_output: 2 transpose: {(transpose ? "true" : "false")} }}", [2, 3]);
        float[] weights = transpose ? [1, 4, 2, 5, 3, 6] : [1, 2, 3, 4, 5, 6];
        weights.CopyTo(it.Layer.Blobs[0].Data);
        new float[] { 10, 20 }.CopyTo(it.Layer.Blobs[1].Data);
        new float[] { 1, 0, -1, 2, 1, 0 }.CopyTo(it.Bottoms[0].Data);
        new float[] { 1, 2, 3, 4 }.CopyTo(it.Tops[0].Diff);
        it.Layer.Blobs[1].Diff.Fill(100);
        it.Step([true]);
        Assert.Equal([8, 18, 14, 33], it.Tops[0].Data.ToArray());
        Assert.Equal([9, 12, 15, 19, 26, 33], it.Bottoms[0].Diff.ToArray());
        float[] gradient = transpose ? [7, 10, 3, 4, -1, -2] : [7, 3, -1, 10, 4, -2];
        Assert.Equal(gradient, it.Layer.Blobs[0].Diff.ToArray());
        Assert.Equal([104, 106], it.Layer.Blobs[1].Diff.ToArray());
    }

    [Fact]
    public void TheBatchMayChangeButNotTheLengthOfTheSums()
    {
        var it = new LayerCase(pool, "InnerProduct", "inner_product_param { num_output: 2 }", [2, 3, 4]);
        it.Bottoms[0].Reshape(7, 4, 3);
        it.Step([true]);
        Assert.Equal([7, 2], it.Tops[0].Shape.ToArray());
        it.Bottoms[0].Reshape(7, 4, 4);
        var thrown = Assert.Throws<CnnException>(() => it.Layer.Reshape(it.Bottoms, it.Tops));
        Assert.Contains("has become 7 4 4 (112); the weights take 12 values", thrown.Message);
    }

    [Theory]
    [InlineData("inner_product_param { }", "num_output is 0")]
    [InlineData("inner_product_param { num_output: 1 axis: 9 }", "axis 9 does not exist")]
    [InlineData("inner_product_param { num_output: 2000000000 }", "are too many")]
    public void AWrongDefinitionIsALocatedError(string text, string expected)
    {
        var thrown = Assert.Throws<CnnException>(() => new LayerCase(pool, "InnerProduct", text, [2, 3]));
        Assert.Contains(expected, thrown.Message);
        Assert.Contains("net.prototxt:1:", thrown.Message);
    }

    [Fact]
    public void AStepAllocatesNothingAfterTheFirst()
    {
        using var alone = new WorkerPool(1);
        var it = new LayerCase(alone, "InnerProduct", "inner_product_param { num_output: 50 }", [9, 70]);
        bool[] propagate = [true];
        Assert.Equal(0, Allocations.OnThisThread(() => it.Step(propagate)));
    }
}
