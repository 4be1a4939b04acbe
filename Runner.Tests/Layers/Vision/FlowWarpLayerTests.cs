using Cnn.Proto;

namespace Cnn.Tests.Layers.Vision;

public class FlowWarpLayerTests
{
    [Fact]
    [Trait("Category", "Unit")]
    public void PointsBetweenPixelsAreInterpolatedAndTheLastPixelReachesToTheEdge()
    {
        using var harness = Make("", [1, 1, 2, 2]);
        harness.Set(0, 1, 2, 4, 8);
        harness.Set(1, 0.5f, 0.9f, -0.1f, 0, 0.25f, 0, 0, 0.5f);
        harness.Forward();
        Assert.Equal([2.625f, 2, 0, 8], harness.Top);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void OutsideIsNoNumberWhereAskedFor()
    {
        using var harness = Make("fill_value: NOT_A_NUMBER", [1, 2, 1, 2]);
        harness.Set(1, 2, float.NaN, 0, 0);
        harness.Forward();
        Assert.All(harness.Top, y => Assert.True(float.IsNaN(y)));
        harness.Tops[0].Diff.Fill(1);
        harness.Bottoms[0].Diff.Fill(float.NaN);
        harness.Bottoms[1].Diff.Fill(float.NaN);
        harness.Backward();
        Assert.All(harness.Bottoms[0].Diff.ToArray(), dx => Assert.Equal(0, dx));
        Assert.All(harness.Bottoms[1].Diff.ToArray(), dx => Assert.Equal(0, dx));
    }

    [Theory]
    [InlineData(new[] { 2, 3, 4, 5 })]
    [InlineData(new[] { 1, 9, 10, 3 })]
    [Trait("Category", "Gradient")]
    public void TheGradientsAreThoseOfTheFunction(int[] shape)
    {
        using var harness = Make("", shape);

        // Steps whose fractions are far from whole numbers, where the function has kinks.
        Span<float> flow = harness.Bottoms[1].Data;
        for (int i = 0; i < flow.Length; i++)
        {
            flow[i] = (i % 4) - 1.7f + ((i % 3) * 0.1f);
        }

        new GradientChecker { Step = 5e-3f }.Check(harness);
    }

    [Fact]
    [Trait("Category", "Resume")]
    public void TheBitsAreTheSameOnAnyNumberOfThreads()
    {
        Assert.Equal(Run(1), Run(4));

        static float[] Run(int threads)
        {
            using var harness = Make("", [2, 17, 33, 20], threads);
            LayerHarness.Fill(harness.Bottoms[1].Data, 3, -4, 4);
            harness.Forward();
            LayerHarness.Fill(harness.Tops[0].Diff, 9);
            harness.Backward();
            return [.. harness.Top, .. harness.Bottoms[0].Diff, .. harness.Bottoms[1].Diff];
        }
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void PassesAllocateNothing()
    {
        using var harness = Make("", [1, 3, 6, 6], threads: 1);
        harness.AssertAllocatesNothing();
    }

    [Theory]
    [InlineData(new[] { 1, 3, 4, 4 }, new[] { 1, 3, 4, 4 }, "'bottom1' has shape 1 3 4 4")]
    [InlineData(new[] { 1, 3, 4, 4 }, new[] { 1, 2, 4, 5 }, "'bottom1' has shape 1 2 4 5")]
    [InlineData(new[] { 3, 4, 4 }, new[] { 1, 2, 4, 4 }, "'bottom0' has shape 3 4 4")]
    [Trait("Category", "Unit")]
    public void ShapesThatDoNotFitAreNamed(int[] image, int[] flow, string expected) => Assert.Contains(
        expected,
        Assert.Throws<CnnException>(() => new LayerHarness("type: 'FlowWarp'", [image, flow])).Message,
        StringComparison.Ordinal);

    private static LayerHarness Make(string options, int[] shape, int threads = 2) => new(
        $"type: 'FlowWarp' flow_warp_param {{ {options} }}", [shape, [shape[0], 2, shape[2], shape[3]]],
        threads: threads);
}
