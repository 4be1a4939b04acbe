using Cnn.Proto;

namespace Cnn.Tests.Layers.Losses;

public class CenterLossLayerTests
{
    [Theory]
    [InlineData("", new[] { 4, 3 })]
    [InlineData("axis: 1", new[] { 4, 2, 1, 9 })]
    [InlineData("distance_type: 'L1'", new[] { 4, 17 })]
    [Trait("Category", "Gradient")]
    public void TheGradientOfTheFeaturesIsThatOfTheLoss(string options, int[] shape)
    {
        using LayerHarness harness = Make(options, shape, [2, 0, 2, 1]);
        harness.Layer.SetNeedsGradient(0, false);
        LayerHarness.FillApart(harness.Bottoms[0].Data, 5);
        harness.Layer.Blobs[0].Data.Clear();
        new GradientChecker { Bottoms = [0] }.Check(harness);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void CentersMoveByTheMeanOverOneItemMore()
    {
        using LayerHarness harness = Make("", [4, 2], [2, 0, 2, 2]);
        harness.Set(0, 1, 2, 5, 6, 3, 4, 2, 0);
        harness.Layer.Blobs[0].Data.Clear();
        harness.Layer.Blobs[0].Data[4] = 1;
        harness.Forward();
        Assert.Equal((0 + 4 + 25 + 36 + 4 + 16 + 1 + 0) / 8f, harness.Top[0], 1e-6f);

        // The loss weight is for the features alone; the diff is added to.
        harness.Layer.Blobs[0].Diff.Fill(10);
        harness.Tops[0].Diff[0] = 8;
        harness.Backward(0);
        float[] moves = [10 - 2.5f, 10 - 3, 10, 10, 10 - 0.75f, 10 - 1.5f];
        Assert.Equal(moves, harness.Layer.Blobs[0].Diff.ToArray());
        Assert.Equal([0, 4, 10, 12, 4, 8, 2, 0], harness.Bottoms[0].Diff.ToArray());
        harness.AssertAllocatesNothing(0);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void WithL1SignsTakeThePlaceOfTheDifferences()
    {
        using LayerHarness harness = Make("distance_type: 'L1'", [4, 2], [2, 0, 2, 2]);
        harness.Set(0, 1, 2, 5, 6, 3, -4, 2, 0);
        harness.Layer.Blobs[0].Data.Clear();
        harness.Forward();
        Assert.Equal(23 / 4f, harness.Top[0], 1e-6f);
        harness.Layer.Blobs[0].Diff.Clear();
        harness.Tops[0].Diff[0] = 4;
        harness.Backward(0);
        Assert.Equal([-0.5f, -0.5f, 0, 0, -0.75f, 0], harness.Layer.Blobs[0].Diff.ToArray());
        Assert.Equal([1, 1, 1, 1, 1, -1, 1, 0], harness.Bottoms[0].Diff.ToArray());
    }

    [Theory]
    [InlineData("num_output: 0", "num_output is 0")]
    [InlineData("num_output: 3 distance_type: 'L3'", "distance_type is \"L3\"")]
    [Trait("Category", "Unit")]
    public void WrongOptionsAreNamed(string options, string expected)
    {
        var exception = Assert.Throws<CnnException>(() => new LayerHarness(
            $"type: 'CenterLoss' center_loss_param {{ {options} }}", [[4, 2], [4]]).Dispose());
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void ALabelIsOneOfTheClasses()
    {
        using LayerHarness harness = Make("", [4, 2], [0, 3, 0, 0]);
        Assert.Throws<CnnException>(harness.Forward);
        Assert.Throws<CnnException>(() => new LayerHarness(
            "type: 'CenterLoss' center_loss_param { num_output: 3 }", [[4, 2], [4, 2]]).Dispose());
    }

    private static LayerHarness Make(string options, int[] shape, float[] labels) => new(
        $"type: 'CenterLoss' center_loss_param {{ num_output: 3 {options} center_filler {{ type: 'xavier' }} }}",
        [shape, [4]], prepare: h => h.Set(1, labels));
}
