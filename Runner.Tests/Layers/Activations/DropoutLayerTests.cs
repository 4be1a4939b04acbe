using Cnn.Proto;

namespace Cnn.Tests.Layers.Activations;

public class DropoutLayerTests
{
    private const string Thirty = "name: 'drop' type: 'Dropout' dropout_param { dropout_ratio: 0.3 }";

    [Theory]
    [InlineData(0.5f)]
    [InlineData(0.1f)]
    [InlineData(0)]
    [Trait("Category", "Gradient")]
    public void TheGradientPassesWhereTheValueDoes(float ratio)
    {
        foreach (int[] shape in (int[][])[[2, 3, 5], [17], [1, 1]])
        {
            using var harness = new LayerHarness(
                $"type: 'Dropout' dropout_param {{ dropout_ratio: {ratio} }}", [shape]);
            new GradientChecker().Check(harness);
        }
    }

    [Fact]
    [Trait("Category", "Gradient")]
    public void TestingCopiesForthAndBack()
    {
        using var harness = new LayerHarness(Thirty, [[4, 5]], phase: Phase.Test);
        harness.Forward();
        Assert.Equal(harness.Bottoms[0].Data.ToArray(), harness.Top);
        new GradientChecker().Check(harness);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void TheShareDroppedIsTheRatioAndTheRestIsScaled()
    {
        using var harness = new LayerHarness(Thirty, [[100_000]], prepare: h => h.Bottoms[0].Data.Fill(1));
        harness.Forward();
        int dropped = harness.Top.Count(value => value == 0);
        Assert.InRange(dropped, 29_500, 30_500);
        Assert.All(harness.Top, value => Assert.True(value == 0 || Math.Abs(value - (1 / 0.7f)) < 1e-6));
    }

    [Fact]
    [Trait("Category", "Resume")]
    public void TheMaskIsAFunctionOfSeedNameAndPassOnAnyNumberOfThreads()
    {
        float[] Mask(string definition, int threads, long pass, long seed = 1, bool inPlace = false)
        {
            using var harness = new LayerHarness(
                definition, [[40_003]], threads: threads, seed: seed, inPlace: inPlace,
                prepare: h => h.Bottoms[0].Data.Fill(1));
            harness.Clock.Pass = pass;
            harness.Forward();
            return harness.Top;
        }

        float[] first = Mask(Thirty, 1, 7);
        Assert.Equal(first, Mask(Thirty, 3, 7));
        Assert.Equal(first, Mask(Thirty, 2, 7, inPlace: true));
        Assert.NotEqual(first, Mask(Thirty, 1, 8));
        Assert.NotEqual(first, Mask(Thirty, 1, 7, seed: 2));
        Assert.NotEqual(first, Mask(Thirty.Replace("'drop'", "'other'", StringComparison.Ordinal), 1, 7));
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void PassesAllocateNothing()
    {
        using var harness = new LayerHarness(Thirty, [[9, 9]], threads: 1);
        harness.AssertAllocatesNothing();
    }

    [Theory]
    [InlineData("1")]
    [InlineData("-0.1")]
    [InlineData("nan")]
    [Trait("Category", "Unit")]
    public void ARatioOutOfRangeIsAnErrorWhereItStands(string ratio)
    {
        var exception = Assert.Throws<CnnException>(() =>
            new LayerHarness($"type: 'Dropout'\ndropout_param {{\n  dropout_ratio: {ratio} }}", [[3]]));
        Assert.Contains("dropout_ratio", exception.Message, StringComparison.Ordinal);
        Assert.Equal(3, exception.Diagnostics[0].Location?.Line);
    }
}
