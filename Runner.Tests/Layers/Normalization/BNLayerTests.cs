using Cnn.Proto;

namespace Cnn.Tests.Layers.Normalization;

/// <summary>BN of two forks, and BatchNorm with scale and shift of a third.</summary>
public class BNLayerTests
{
    private const string Ones = "type: 'BN' bn_param { slope_filler { type: 'constant' value: 1 }";
    private const string Scale = "type: 'BN' bn_param { scale_filler { type: 'constant' value: 1.5 }";
    private const string Nvidia = "type: 'BatchNorm' batch_norm_param { scale_bias: true eps: 0.1 }";

    public static TheoryData<string, bool> Kinds => new()
    {
        { Ones + " eps: 0.1 }", true },
        { Ones + " frozen: true }", true },
        { Scale + " }", false },
        { Scale + " bn_mode: INFERENCE }", false },
        { Nvidia, false },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    [Trait("Category", "Gradient")]
    public void TheGradientIsThatOfTheFunction(string definition, bool adds)
    {
        foreach (int[] shape in (int[][])[[3, 2, 4, 5], [5, 17], [2, 1, 19]])
        {
            using var harness = new LayerHarness(definition, [shape]);
            int first = definition == Nvidia ? 3 : 0;
            for (int i = 0; i < harness.Layer.Blobs.Count; i++)
            {
                bool isLearned = i >= first && i < first + 2
                    && !definition.Contains("frozen", StringComparison.Ordinal);
                harness.Layer.SetNeedsGradient(i, isLearned);
            }

            new GradientChecker { AddsToParameters = adds, Step = 3e-3f, Tolerance = 5e-3 }.Check(harness);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    [Trait("Category", "Unit")]
    public void InPlaceGivesTheSameAndPassesAllocateNothing(string definition, bool adds)
    {
        using var apart = new LayerHarness(definition, [[2, 3, 4]], threads: 1);
        using var inPlace = new LayerHarness(definition, [[2, 3, 4]], threads: 1, inPlace: true);
        foreach (LayerHarness harness in (LayerHarness[])[apart, inPlace])
        {
            harness.Forward();
            LayerHarness.Fill(harness.Tops[0].Diff, 9);
            harness.Backward();
        }

        Assert.Equal(apart.Top, inPlace.Top);
        Assert.Equal(apart.Bottoms[0].Diff.ToArray(), inPlace.Bottoms[0].Diff.ToArray());
        Assert.Equal(apart.Layer.Blobs[^1].Diff.ToArray(), inPlace.Layer.Blobs[^1].Diff.ToArray());
        Assert.Equal(adds, apart.Layer.Blobs.Count == 4);
        apart.AssertAllocatesNothing();
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void TheKindFollowsFromTheFields()
    {
        Assert.Equal(4, Blobs("type: 'BN'"));
        Assert.Equal(4, Blobs("type: 'BN' bn_param { momentum: 0.5 }"));
        Assert.Equal(2, Blobs("type: 'BN' bn_param { bn_mode: INFERENCE }"));
        const string Blob = "blobs { shape { dim: 3 } data: 1 data: 1 data: 1 }";
        Assert.Equal(2, Blobs($"type: 'BN' {Blob} {Blob}"));

        static int Blobs(string definition)
        {
            using var harness = new LayerHarness(definition, [[2, 3]]);
            return harness.Layer.Blobs.Count;
        }
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void NvidiasAveragesCopyTwoBatchesAndThenMix()
    {
        using var harness = new LayerHarness(
            "type: 'BatchNorm' batch_norm_param { scale_bias: true moving_average_fraction: 0.75 }", [[2, 1]]);
        foreach (var (low, expected) in (ReadOnlySpan<(float, float)>)[(1, 2), (3, 4), (7, 5)])
        {
            harness.Set(0, low, low + 2);
            harness.Forward();
            Assert.Equal(expected, harness.Layer.Blobs[0].Data[0]);
            Assert.Equal(1, harness.Layer.Blobs[1].Data[0], 2e-5f);
        }

        Assert.Equal(1, harness.Layer.Blobs[2].Data[0]);
        Assert.Equal(2, Assert.Single(harness.Layer.State).Data[0]);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void SumsThatTheRealCaffeStoredBecomeNvidiasAverages()
    {
        using var harness = new LayerHarness(
            "type: 'BatchNorm' batch_norm_param { scale_bias: true } blobs { shape { dim: 1 } data: 6 } "
            + "blobs { shape { dim: 1 } data: 8 } blobs { shape { dim: 1 } data: 2 }",
            [[2, 1]],
            phase: Phase.Test);
        Assert.Equal([3f, 4f, 1f, 1f, 0f], harness.Layer.Blobs.Select(b => b.Data[0]));
        harness.Set(0, 3, 5);
        harness.Forward();
        Assert.Equal(1, harness.Top[1], 1e-4f);
    }

    [Theory]
    [InlineData("type: 'BN' bn_param { eps: -1 }", "eps is -1")]
    [InlineData("type: 'BN' bn_param { momentum: 2 }", "momentum is 2")]
    [InlineData("type: 'BN' bn_param { bn_mode: LEARN frozen: true }", "give the fields of one kind")]
    [InlineData("type: 'BatchNorm' batch_norm_param { relu: true }", "does not rectify")]
    [InlineData("type: 'BatchNorm' batch_norm_param { bias_term: false }", "shift alone")]
    [Trait("Category", "Unit")]
    public void AWrongConfigurationIsALocatedError(string definition, string expected)
    {
        var thrown = Assert.Throws<CnnException>(() => new LayerHarness(definition, [[2, 3]]));
        Assert.Contains(expected, thrown.Message);
        Assert.Equal(1, thrown.Diagnostics[0].Location?.Line);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void EpsMayBeAddedToTheRoot()
    {
        using var harness = new LayerHarness(
            "type: 'BatchNorm' batch_norm_param { add_eps_before_sqrt: false eps: 0.5 } "
            + "blobs { shape { dim: 1 } data: 2 } "
            + "blobs { shape { dim: 1 } data: 32 } blobs { shape { dim: 1 } data: 2 }",
            [[2, 1]],
            phase: Phase.Test);
        harness.Set(0, 1, 10);
        harness.Forward();
        Assert.Equal([0, 9 / 4.5f], harness.Top);
        harness.Tops[0].Diff.Fill(1);
        harness.Backward();
        Assert.Equal(1 / 4.5f, harness.Bottoms[0].Diff[1]);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void IcnetIsPspNetsKind()
    {
        using var harness = new LayerHarness(
            "type: 'BN' bn_param { icnet: true } blobs { shape { dim: 1 dim: 1 dim: 1 dim: 1 } data: 1 } "
            + "blobs { shape { dim: 1 dim: 1 dim: 1 dim: 1 } data: 1 }",
            [[2, 1, 1, 1]]);
        Assert.Equal(4, harness.Layer.Blobs.Count);
    }
}
