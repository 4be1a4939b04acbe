namespace Cnn.Tests.Layers.Common;

/// <summary>Softmax, Split and Silence.</summary>
public class RoutingLayerTests
{
    public static TheoryData<int, int[]> SoftmaxShapes => new()
    {
        { 1, [3, 10] },
        { 1, [2, 16] },
        { 1, [2, 35] },
        { 1, [1, 1] },
        { 1, [2, 5, 3, 7] },
        { 1, [2, 3, 4, 4] },
        { 0, [4, 3] },
        { -1, [2, 3, 6] },
        { 2, [2, 2, 3, 5] },
    };

    [Theory]
    [MemberData(nameof(SoftmaxShapes))]
    [Trait("Category", "Gradient")]
    public void TheGradientOfSoftmaxIsThatOfTheFunction(int axis, int[] shape)
    {
        using var harness = new LayerHarness($"type: 'Softmax' softmax_param {{ axis: {axis} }}", [shape]);
        new GradientChecker().Check(harness);
        harness.AssertAllocatesNothing();
    }

    [Theory]
    [MemberData(nameof(SoftmaxShapes))]
    [Trait("Category", "Kernel")]
    public void SoftmaxAgreesWithDoublePrecisionAlsoInPlaceAndForLargeScores(int axis, int[] shape)
    {
        using var harness = new LayerHarness(
            $"type: 'Softmax' softmax_param {{ axis: {axis} }}", [shape], inPlace: true,
            prepare: h => LayerHarness.Fill(h.Bottoms[0].Data, 3, 990, 1000));
        float[] x = harness.Bottoms[0].Data.ToArray();
        int at = axis < 0 ? axis + shape.Length : axis;
        int inner = harness.Bottoms[0].CountOf(at + 1), channels = shape[at];
        Assert.True(harness.Layer.AllowsInPlace);
        harness.Forward();
        for (int i = 0; i < x.Length; i++)
        {
            int start = (i / (channels * inner) * channels * inner) + (i % inner);
            double sum = 0;
            for (int c = 0; c < channels; c++)
            {
                sum += Math.Exp((double)x[start + (c * inner)] - x[i]);
            }

            Assert.Equal(1 / sum, harness.Top[i], 1e-6);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [Trait("Category", "Gradient")]
    public void SplitSharesDataAndAddsTheGradients(int tops)
    {
        using var harness = new LayerHarness("type: 'Split'", [[3, 7]], tops);
        harness.Forward();
        Assert.All(harness.Tops, top => Assert.True(top.SharesDataWith(harness.Bottoms[0])));
        new GradientChecker().Check(harness);
        Assert.False(harness.Layer.AllowsInPlace);
        harness.AssertAllocatesNothing();
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void SplitFollowsABottomThatGrows()
    {
        using var harness = new LayerHarness("type: 'Split'", [[2, 3]], tops: 2);
        harness.Forward();
        harness.Bottoms[0].Reshape(40, 3);
        harness.Bottoms[0].Data.Fill(5);
        harness.Forward();
        Assert.Equal([40, 3], harness.Tops[1].Shape);
        Assert.All(harness.Tops[1].Data.ToArray(), value => Assert.Equal(5, value));
    }

    [Fact]
    [Trait("Category", "Gradient")]
    public void SilenceGivesAGradientOfZeroWhereItIsAskedFor()
    {
        using var harness = new LayerHarness("type: 'Silence'", [[3], [2, 2]], tops: 0);
        new GradientChecker().Check(harness);
        harness.Bottoms[0].Diff.Fill(3);
        harness.Backward(1);
        Assert.All(harness.Bottoms[0].Diff.ToArray(), value => Assert.Equal(3, value));
    }
}
