using Cnn.Proto;

namespace Cnn.Tests.Layers.Normalization;

public class MVNLayerTests
{
    public static TheoryData<string, int[]> Cases
    {
        get
        {
            var data = new TheoryData<string, int[]>();
            foreach (string options in (string[])["", "normalize_variance: false", "across_channels: true"])
            {
                data.Add(options, [2, 3, 4, 5]);
                data.Add(options, [3, 2, 1, 17]);
                data.Add(options, [2, 5, 3]);
                data.Add(options, [2, 6]);
                data.Add(options, [3]);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    [Trait("Category", "Kernel")]
    [Trait("Category", "Gradient")]
    public void TheGradientIsThatOfTheFunction(string options, int[] shape)
    {
        using LayerHarness harness = Make(options, shape);
        new GradientChecker { Step = 5e-3f }.Check(harness);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    [InlineData("eps: 0.5", new[] { 2, 3, 5 })]
    [Trait("Category", "Kernel")]
    public void ValuesAreThoseOfTheFormula(string options, int[] shape)
    {
        using LayerHarness harness = Make(options, shape);
        MVNParameter parameter = harness.Layer.Parameter.MvnParam;
        harness.Forward();
        Assert.Equal([.. shape, .. Enumerable.Repeat(1, 4 - shape.Length)], harness.Tops[0].Shape.ToArray());
        int inner = shape.Skip(parameter.AcrossChannels ? 1 : 2).Aggregate(1, (a, b) => a * b);
        float[][] rows = [.. harness.Bottoms[0].Data.ToArray().Chunk(inner)];
        for (int row = 0; row < rows.Length; row++)
        {
            double mean = rows[row].Average(v => (double)v);
            double divisor = parameter.NormalizeVariance
                ? Math.Sqrt(rows[row].Average(v => (v - mean) * (v - mean))) + parameter.Eps
                : 1;
            Assert.All(
                rows[row].Zip(harness.Top.Skip(row * inner)),
                pair => Assert.Equal((pair.First - mean) / divisor, pair.Second, 1e-6));
        }
    }

    // (dy - mean(dy) - y mean(dy y)) / (deviation + eps), where the exact gradient has
    // y mean(dy y) (deviation + eps) / deviation.
    [Fact]
    [Trait("Category", "Unit")]
    public void ALargeEpsHasTheGradientOfCaffe()
    {
        using LayerHarness harness = Make("eps: 1", [1, 1, 1, 2]);
        harness.Set(0, 1, 3);
        harness.Forward();
        Assert.Equal([-0.5f, 0.5f], harness.Top);
        harness.Tops[0].Diff[0] = 1;
        harness.Tops[0].Diff[1] = 5;
        harness.Backward();
        Assert.Equal([-0.75f, 0.75f], harness.Bottoms[0].Diff.ToArray());
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void AConstantChannelBecomesZeros()
    {
        using LayerHarness harness = Make("", [1, 2, 9, 11]);
        harness.Bottoms[0].Data[..99].Fill(0.1f);
        harness.Forward();
        Assert.All(harness.Top[..99], value => Assert.Equal(0, value));
        harness.Tops[0].Diff.Fill(2);
        harness.Backward();
        Assert.All(harness.Bottoms[0].Diff[..99].ToArray(), value => Assert.Equal(0, value));
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void TheLayerFollowsItsBottomAndAllocatesNothing()
    {
        using LayerHarness harness = Make("", [2, 3, 4, 5], 1);
        harness.Bottoms[0].Reshape(0, 3, 4, 5);
        harness.Forward();
        harness.Backward();
        harness.Bottoms[0].Reshape(6, 7, 3, 1);
        harness.AssertAllocatesNothing();
        Assert.Equal([6, 7, 3, 1], harness.Tops[0].Shape.ToArray());
    }

    [Theory]
    [InlineData("", new[] { 0, 3, 70_000 })]
    [InlineData("", new[] { 60_000, 30_000, 0 })]
    [InlineData("across_channels: true", new[] { 2_000_000_000, 0 })]
    [Trait("Category", "Unit")]
    public void AnEmptyBlobNeedsNothingHoweverManyItsRows(string options, int[] shape)
    {
        using LayerHarness harness = Make(options, shape, 1);
        harness.Forward();
        harness.Backward();
        Assert.Equal([.. shape, .. Enumerable.Repeat(1, 4 - shape.Length)], harness.Tops[0].Shape.ToArray());
        Assert.Empty(harness.Top);
    }

    [Theory]
    [InlineData("")]
    [InlineData("across_channels: true")]
    [Trait("Category", "Kernel")]
    public void ManyPartsGiveTheSameOnAnyNumberOfThreads(string options)
    {
        using LayerHarness alone = Make(options, [3, 4, 190, 191], 1), shared = Make(options, [3, 4, 190, 191], 3);
        foreach (LayerHarness harness in (LayerHarness[])[alone, shared])
        {
            harness.Forward();
            LayerHarness.Fill(harness.Tops[0].Diff, 8);
            harness.Backward();
        }

        Assert.Equal(alone.Top, shared.Top);
        Assert.Equal(alone.Bottoms[0].Diff.ToArray(), shared.Bottoms[0].Diff.ToArray());
    }

    private static LayerHarness Make(string options, int[] shape, int threads = 2) =>
        new($"type: 'MVN' mvn_param {{ {options} }}", [shape], threads: threads);
}
