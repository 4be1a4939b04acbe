using Cnn.Proto;

namespace Cnn.Tests.Layers.Losses;

[Trait("Category", "Unit")]
public class PythonEuclideanLossLayerTests
{
    private const string Definition =
        "type: 'Python' python_param { module: 'pyloss' layer: 'EuclideanLossLayer' }";

    [Fact]
    public void ItIsEuclideanLossWhoseGradientKnowsNoWeight()
    {
        using var harness = new LayerHarness(Definition, [[2, 3], [2, 3]]);
        using var loss = new LayerHarness("type: 'EuclideanLoss'", [[2, 3], [2, 3]]);
        harness.Forward();
        loss.Forward();
        Assert.Equal([1], harness.Tops[0].Shape.ToArray());
        Assert.Equal(loss.Top[0], harness.Top[0], 1e-6f);
        harness.Tops[0].Diff[0] = 5;
        loss.Tops[0].Diff[0] = 1;
        harness.Backward(0, 1);
        loss.Backward(0, 1);
        Assert.Equal(loss.Bottoms[0].Diff.ToArray(), harness.Bottoms[0].Diff.ToArray());
        Assert.Equal(loss.Bottoms[1].Diff.ToArray(), harness.Bottoms[1].Diff.ToArray());
        Assert.False(harness.Layer.IsLoss);
        harness.AssertAllocatesNothing(0, 1);
    }

    [Fact]
    public void BottomsHaveTheSameNumberOfValues() =>
        Assert.Throws<CnnException>(() => new LayerHarness(Definition, [[2, 3], [2, 4]]).Dispose());
}
