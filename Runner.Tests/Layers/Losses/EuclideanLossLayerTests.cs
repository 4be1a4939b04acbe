using Cnn.Proto;

namespace Cnn.Tests.Layers.Losses;

public class EuclideanLossLayerTests
{
    [Fact]
    [Trait("Category", "Gradient")]
    public void TheGradientOfBothBottomsIsThatOfTheLoss()
    {
        foreach (int[] shape in (int[][])[[3, 4], [5], [2, 3, 2, 3], [1, 33]])
        {
            using var harness = new LayerHarness("type: 'EuclideanLoss'", [shape, shape]);
            new GradientChecker().Check(harness);
            harness.AssertAllocatesNothing();
        }
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void TheSumIsHalvedAndDividedByTheItemsAlone()
    {
        using var harness = new LayerHarness("type: 'EuclideanLoss'", [[2, 2], [2, 2]]);
        harness.Set(0, 1, 2, 3, 4);
        harness.Set(1, 0, 0, 0, 0);
        harness.Forward();
        Assert.Equal([30f / 4], harness.Top);
        Assert.True(harness.Layer.AllowsForceBackward(1));
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void ItemsThatDifferInValuesAreAnError()
    {
        Assert.Throws<CnnException>(() => new LayerHarness("type: 'EuclideanLoss'", [[2, 2], [2, 3]]));
        Assert.Throws<CnnException>(() => new LayerHarness("type: 'EuclideanLoss'", [[2, 3], [3, 2]]));
    }
}
