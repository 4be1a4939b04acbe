namespace Cnn.Tests.Layers.Recurrent;

public class LSTMUnitLayerTests
{
    public static TheoryData<int, int> Sizes =>
        new() { { 3, 4 }, { 1, 1 }, { 5, 17 }, { 2, 48 }, { 70, 31 }, { 2, 2100 } };

    [Theory]
    [MemberData(nameof(Sizes))]
    [Trait("Category", "Kernel")]
    public void TheTopsAreThoseOfTheFormula(int streams, int size)
    {
        using LayerHarness harness = Make(streams, size);
        harness.Bottoms[2].Data[^1] = 0.5f;
        harness.Forward();
        for (int n = 0; n < streams; n++)
        {
            var (hidden, cell) = RecurrentReference.Unit(
                Row(harness.Bottoms[1].Data, n, 4 * size), Row(harness.Bottoms[0].Data, n, size),
                harness.Bottoms[2].Data[n]);
            Assert.Equal(cell, Row(harness.Tops[0].Data, n, size), (a, b) => Math.Abs(a - b) < 1e-5);
            Assert.Equal(hidden, Row(harness.Tops[1].Data, n, size), (a, b) => Math.Abs(a - b) < 1e-5);
        }
    }

    [Theory]
    [InlineData(3, 4)]
    [InlineData(1, 1)]
    [InlineData(4, 19)]
    [Trait("Category", "Gradient")]
    [Trait("Category", "Kernel")]
    public void TheGradientIsThatOfTheFunction(int streams, int size)
    {
        using LayerHarness harness = Make(streams, size);
        new GradientChecker { Bottoms = [0, 1] }.Check(harness);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void WithAMarkerBetweenZeroAndOneTheForgetGatesGradientIsCaffes()
    {
        using LayerHarness harness = Make(1, 1);
        harness.Set(0, 2);
        harness.Set(1, 0, 0, 0, 0);
        harness.Set(2, 0.5f);
        harness.Forward();
        harness.Tops[0].Diff[0] = 1;
        harness.Tops[1].Diff[0] = 0;
        harness.Backward(0, 1);

        // f is 0.5 * sigmoid(0) = 0.25: c' = 0.25 c, so dc = 0.25, and df = c f (1 - f) = 2 * 0.25 * 0.75.
        Assert.Equal(0.25f, harness.Bottoms[0].Diff[0], 1e-6f);
        Assert.Equal([0, 0.375f, 0, 0.5f], harness.Bottoms[1].Diff.ToArray(), (a, b) => Math.Abs(a - b) < 1e-6f);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void StreamsMayChangeBetweenPasses()
    {
        using LayerHarness harness = Make(2, 3);
        foreach (int streams in (int[])[4, 0, 1])
        {
            harness.Bottoms[0].Reshape(1, streams, 3);
            harness.Bottoms[1].Reshape(1, streams, 12);
            harness.Bottoms[2].Reshape(1, streams);
            harness.Bottoms[2].Data.Fill(1);
            harness.Forward();
            harness.Backward(0, 1);
            Assert.Equal([1, streams, 3], harness.Tops[1].Shape.ToArray());
        }
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void PassesAllocateNothing()
    {
        using LayerHarness harness = Make(3, 20, threads: 1);
        Assert.False(harness.Layer.AllowsInPlace);
        harness.AssertAllocatesNothing(0, 1);
    }

    private static LayerHarness Make(int streams, int size, int threads = 2) => new(
        "type: 'LSTMUnit'",
        [[1, streams, size], [1, streams, 4 * size], [1, streams]],
        tops: 2,
        threads: threads,
        prepare: h =>
        {
            for (int n = 0; n < streams; n++)
            {
                h.Bottoms[2].Data[n] = (n + 1) % 3 == 0 ? 0 : 1;
            }
        });

    private static double[] Row(Span<float> values, int row, int size) =>
        [.. values.Slice(row * size, size).ToArray().Select(v => (double)v)];
}
