using Cnn.Engine.Graph;
using Cnn.Proto;

namespace Cnn.Tests.Layers.Common;

/// <summary>The Python classes TensorShape and Reshape.</summary>
[Trait("Category", "Unit")]
public class PythonReshapeLayerTests
{
    private const string Shape = "type: 'Python' python_param { module: 'shape' layer: 'TensorShape' }";
    private const string Reshape = "type: 'Python' python_param { module: 'reshape' layer: 'Reshape' }";

    [Fact]
    public void AShapeIsKnownBeforeTheFirstPass()
    {
        using var harness = new LayerHarness(Shape, [[2, 3, 5]]);
        Assert.Equal([2, 3, 5], harness.Top);
        harness.Forward();
        Assert.Equal([2, 3, 5], harness.Top);
        Assert.False(harness.Layer.HasGradient);
    }

    [Theory]
    [InlineData(new float[] { 3, 4 }, new[] { 3, 4 })]
    [InlineData(new float[] { -1, 6 }, new[] { 2, 6 })]
    [InlineData(new float[] { 2, -1, 2 }, new[] { 2, 3, 2 })]
    public void TheTopHasTheShapeThatIsAskedFor(float[] wanted, int[] expected)
    {
        using var harness = new LayerHarness(
            Reshape, [[2, 6], [wanted.Length]], prepare: harness => harness.Set(1, wanted));
        Assert.Equal(expected, harness.Tops[0].Shape.ToArray());
        Assert.True(harness.Tops[0].SharesDataWith(harness.Bottoms[0]));
    }

    [Theory]
    [InlineData(new float[] { 3, 5 })]
    [InlineData(new float[] { -1, 5 })]
    [InlineData(new float[] { -1, -1 })]
    [InlineData(new float[] { float.NaN, 12 })]
    public void AnImpossibleShapeIsNamed(float[] wanted)
    {
        var exception = Assert.Throws<CnnException>(() => new LayerHarness(
            Reshape, [[2, 6], [wanted.Length]], prepare: harness => harness.Set(1, wanted)));
        Assert.Contains("'bottom1' asks for", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ANetTakesAShapeFromAnotherBlob()
    {
        string text = "layer { name: 'x' type: 'Input' top: 'x' input_param { shape { dim: 2 dim: 3 dim: 4 } } } "
            + "layer { name: 'f' type: 'Flatten' bottom: 'x' top: 'f' } "
            + $"layer {{ name: 's' bottom: 'x' top: 's' {Shape} }} "
            + $"layer {{ name: 'r' bottom: 'f' bottom: 's' top: 'r' {Reshape} }}";
        using Net net = Net.Build(NetDefinition.Parse(text));
        LayerHarness.Fill(net.Blobs["x"].Data, 1);
        net.Forward();
        Assert.Equal([2, 3, 4], net.Blobs["r"].Shape.ToArray());
        Assert.Equal(net.Blobs["x"].Data.ToArray(), net.Blobs["r"].Data.ToArray());
    }
}
