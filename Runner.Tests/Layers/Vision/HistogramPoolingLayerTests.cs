namespace Cnn.Tests.Layers.Vision;

public class HistogramPoolingLayerTests
{
    // No value lies at a centre, or differences would cross a kink.
    [Theory]
    [InlineData("kernel_size: 2 bins: 4 min: -0.8 max: 1", new[] { 2, 3, 4, 5 })]
    [InlineData("kernel_size: 3 stride: 1 bins: 2 min: -3 max: 3", new[] { 1, 2, 6, 4 })]
    [InlineData("kernel_h: 1 kernel_w: 4 stride_w: 3 bins: 3 min: -4 max: 5", new[] { 2, 1, 3, 18 })]
    [Trait("Category", "Kernel")]
    [Trait("Category", "Gradient")]
    public void TheGradientIsThatOfTheFunction(string options, int[] shape)
    {
        using LayerHarness harness = Make(options, shape);
        int i = 0;
        foreach (ref float value in harness.Bottoms[0].Data)
        {
            value = (((i++ * 7) % 40) - 19.5f) * 0.1f;
        }

        new GradientChecker { Step = 5e-3f }.Check(harness);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void AValueBetweenTwoCentresCountsForBothInProportion()
    {
        using LayerHarness harness = Make("kernel_size: 2 bins: 3 min: 0 max: 1", [1, 2, 2, 3]);
        harness.Set(0, 0.125f, 0.5f, 99, 1, 7, 99, 0, -3, 99, 0.75f, 0.75f, 99);
        harness.Forward();
        Assert.Equal([1, 6, 1, 1], harness.Tops[0].Shape.ToArray());
        Assert.Equal([0.1875f, 0.3125f, 0.5f, 0.5f, 0.25f, 0.25f], harness.Top);
        float[] dy = [1, 3, 7, 1, 3, 7];
        dy.CopyTo(harness.Tops[0].Diff);
        harness.Backward();
        Assert.Equal([1, 2, 0, 0, 0, 0, 0, 0, 0, 2, 2, 0], harness.Bottoms[0].Diff.ToArray());
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void TheBinsOfAWindowAddUpToOneWhateverItHolds()
    {
        using LayerHarness harness = Make("kernel_size: 3 bins: 7 min: -0.5 max: 0.25", [2, 2, 9, 9]);
        harness.Bottoms[0].Data[4] = float.PositiveInfinity;
        harness.Bottoms[0].Data[5] = float.NegativeInfinity;
        harness.Bottoms[0].Data[6] = float.MaxValue;
        harness.Forward();
        for (int i = 0; i < 2 * 2 * 9; i++)
        {
            double sum = Enumerable.Range(0, 7).Sum(bin => (double)harness.Top[((((i / 9) * 7) + bin) * 9) + (i % 9)]);
            Assert.Equal(1, sum, 1e-6);
        }

        harness.Bottoms[0].Data[0] = float.NaN;
        harness.Forward();
        Assert.Equal(2, harness.Top.Count(float.IsNaN));
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void TheLayerFollowsItsBottomAndAllocatesNothing()
    {
        using LayerHarness harness = Make("kernel_size: 2", [2, 3, 4, 4], 1);
        harness.Bottoms[0].Reshape(0, 3, 4, 4);
        harness.Forward();
        harness.Backward();
        harness.Bottoms[0].Reshape(5, 1, 2, 9);
        harness.AssertAllocatesNothing();
        Assert.Equal([5, 8, 1, 4], harness.Tops[0].Shape.ToArray());
    }

    private static LayerHarness Make(string options, int[] shape, int threads = 2) =>
        new($"type: 'HistogramPooling' histogram_pooling_param {{ {options} }}", [shape], threads: threads);
}
