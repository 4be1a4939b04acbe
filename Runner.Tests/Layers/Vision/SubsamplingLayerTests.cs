using Cnn.Proto;

namespace Cnn.Tests.Layers.Vision;

public class SubsamplingLayerTests
{
    private const string Uniform =
        "weight_filler { type: 'uniform' min: -1 max: 1 } bias_filler { type: 'uniform' min: -1 max: 1 }";

    [Theory]
    [InlineData("kernel_size: 2", new[] { 2, 3, 4, 6 })]
    [InlineData("kernel_size: 3 stride: 2", new[] { 1, 2, 6, 8 })]
    [InlineData("kernel_h: 1 kernel_w: 3", new[] { 2, 2, 3, 50 })]
    [InlineData("kernel_size: 2 stride_h: 3 stride_w: 1", new[] { 3, 1, 7, 4 })]
    [Trait("Category", "Kernel")]
    [Trait("Category", "Gradient")]
    public void TheGradientsAreThoseOfTheFunction(string options, int[] shape)
    {
        using LayerHarness harness = Make(options + " " + Uniform, shape);
        new GradientChecker { Step = 0.05f }.Check(harness);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void AValueIsTheWindowsSumTimesTheCoefficientPlusTheBias()
    {
        using LayerHarness harness = Make("kernel_size: 2", [1, 2, 2, 5]);
        harness.Set(0, 1, 2, 3, 4, 99, 5, 6, 7, 8, 99, 1, 1, 1, 1, 99, 1, 1, 1, 1, 99);
        harness.Forward();
        Assert.Equal([1, 2, 1, 2], harness.Tops[0].Shape.ToArray());
        Assert.Equal([3.5f, 5.5f, 1, 1], harness.Top);
        Assert.Equal(["2 (2)", "2 (2)"], harness.Layer.Blobs.Select(b => b.ShapeText));
        harness.Layer.Blobs[0].Data[0] = 0;
        harness.Layer.Blobs[0].Data[1] = 2;
        harness.Layer.Blobs[1].Data[0] = 7;
        harness.Forward();
        Assert.Equal([7, 7, 8, 8], harness.Top);
        harness.Tops[0].Diff.Fill(1);
        harness.Layer.SetNeedsGradient(1, false);
        harness.Backward();
        Assert.Equal([36f, 8f], harness.Layer.Blobs[0].Diff.ToArray());
        Assert.Equal([0f, 0f], harness.Layer.Blobs[1].Diff.ToArray());
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 2, 2, 0, 2, 2, 2, 2, 0], harness.Bottoms[0].Diff.ToArray());
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void TheLayerFollowsItsBottomAndAllocatesNothing()
    {
        using LayerHarness harness = Make("kernel_size: 2", [2, 3, 4, 4], 1);
        harness.Bottoms[0].Reshape(0, 3, 4, 4);
        harness.Forward();
        harness.Backward();
        harness.Bottoms[0].Reshape(5, 3, 2, 9);
        harness.AssertAllocatesNothing();
        Assert.Equal([5, 3, 1, 4], harness.Tops[0].Shape.ToArray());
        harness.Bottoms[0].Reshape(5, 2, 2, 9);
        Assert.Contains("has become 5 2 2 9", Assert.Throws<CnnException>(harness.Forward).Message);
    }

    private static LayerHarness Make(string options, int[] shape, int threads = 2) =>
        new($"type: 'Subsampling' subsampling_param {{ {options} }}", [shape], threads: threads);
}
