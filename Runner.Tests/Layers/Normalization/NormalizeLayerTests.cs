using Cnn.Proto;

namespace Cnn.Tests.Layers.Normalization;

public class NormalizeLayerTests
{
    private const string AtPositions = "across_spatial: false";

    public static TheoryData<string, int[]> Shapes => new()
    {
        { "", [2, 3, 4, 5] },
        { "", [3, 70] },
        { "channel_shared: false", [2, 5, 3, 11] },
        { AtPositions, [2, 3, 4, 5] },
        { AtPositions, [3, 70] },
        { AtPositions + " channel_shared: false", [2, 7, 129] },
        { AtPositions + " channel_shared: false", [1, 512, 38, 38] },
        { AtPositions + " eps: 0.5", [2, 3, 17, 1] },
        { AtPositions, [2, 3, 0, 4] },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    [Trait("Category", "Kernel")]
    public void EveryValueIsThatOfTheFormula(string options, int[] shape)
    {
        using var harness = new LayerHarness(
            $"type: 'Normalize' norm_param {{ {options} scale_filler {{ type: 'uniform' min: 1 max: 3 }} }}", [shape]);
        harness.Forward();
        harness.Tops[0].Diff.Clear();
        float[] x = harness.Bottoms[0].Data.ToArray(), y = harness.Top, scale = harness.Layer.Blobs[0].Data.ToArray();
        int channels = shape[1], inner = harness.Bottoms[0].CountOf(2), item = channels * inner;
        bool atPositions = options.Contains(AtPositions, StringComparison.Ordinal);
        double eps = options.Contains("0.5", StringComparison.Ordinal) ? 0.5 : 1e-10;
        var lengths = new double[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            int group = atPositions ? (i / item * inner) + (i % inner) : i / item;
            lengths[group] += x[i] * (double)x[i];
        }

        for (int i = 0; i < x.Length; i++)
        {
            int group = atPositions ? (i / item * inner) + (i % inner) : i / item;
            double s = scale[scale.Length == 1 ? 0 : i % item / inner];
            Assert.Equal(s * x[i] / Math.Sqrt(lengths[group] + eps), y[i], 1e-6);
        }
    }

    [Theory]
    [InlineData("", 2, 3, 2, 3)]
    [InlineData(AtPositions, 2, 3, 2, 9)]
    [InlineData(AtPositions, 2, 3, 1, 1)]
    [InlineData(AtPositions + " eps: 0.1", 1, 4, 17, 1)]
    [Trait("Category", "Gradient")]
    public void WithOneScaleTheGradientIsThatOfTheFunction(string options, params int[] shape)
    {
        using var harness = new LayerHarness(
            $"type: 'Normalize' norm_param {{ {options} scale_filler {{ value: 1.5 }} }}", [shape],
            prepare: h => LayerHarness.Fill(h.Bottoms[0].Data, 3, 0.5f, 1.5f));
        new GradientChecker().Check(harness);
    }

    [Theory]
    [InlineData("")]
    [InlineData(AtPositions)]
    [Trait("Category", "Unit")]
    public void WithAScaleForEachChannelTheGradientIsTheForks(string options)
    {
        using var harness = new LayerHarness(
            $"type: 'Normalize' norm_param {{ {options} channel_shared: false"
            + " scale_filler { type: 'uniform' min: 1 max: 3 } }",
            [[1, 3, 1, 2]]);
        harness.Forward();
        LayerHarness.Fill(harness.Tops[0].Diff, 8);
        harness.Layer.Blobs[0].Diff.Fill(1);
        harness.Backward();
        float[] x = harness.Bottoms[0].Data.ToArray(), dy = harness.Tops[0].Diff.ToArray();
        for (int i = 0; i < x.Length; i++)
        {
            int c = i / 2;
            double squares = 0, products = 0, scaleGradient = 1;
            for (int j = 0; j < x.Length; j++)
            {
                bool isSame = options.Length == 0 || j % 2 == i % 2;
                squares += isSame ? x[j] * x[j] : 0;
                products += isSame ? x[j] * dy[j] : 0;
            }

            double length = Math.Sqrt(squares), s = harness.Layer.Blobs[0].Data[c];
            double expected = s * ((dy[i] / length) - (x[i] * products / (squares * length)));
            Assert.Equal(expected, harness.Bottoms[0].Diff[i], 1e-5);
            for (int j = 0; j < x.Length && options.Length == 0; j++)
            {
                scaleGradient += j / 2 == c ? dy[j] * x[j] / length : 0;
            }

            Assert.Equal(
                scaleGradient, options.Length == 0 ? harness.Layer.Blobs[0].Diff[c] : scaleGradient, 1e-5);
        }
    }

    [Theory]
    [InlineData("eps: -1", 4, "eps is -1")]
    [InlineData("", 1, "takes 2 to 4 axes")]
    [InlineData("", 5, "takes 2 to 4 axes")]
    [Trait("Category", "Unit")]
    public void WrongOptionsAndShapesAreNamed(string options, int axes, string expected)
    {
        var exception = Assert.Throws<CnnException>(() => new LayerHarness(
            $"type: 'Normalize' norm_param {{ {options} }}", [[.. Enumerable.Repeat(2, axes)]]).Dispose());
        Assert.Contains(expected, exception.ToString(), StringComparison.Ordinal);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }

    [Theory]
    [InlineData("")]
    [InlineData(AtPositions + " channel_shared: false")]
    [Trait("Category", "Unit")]
    public void PassesAllocateNothingAndThreadsChangeNoBit(string options)
    {
        float[]? first = null;
        foreach (int threads in (int[])[1, 2, 3])
        {
            using var harness = new LayerHarness(
                $"type: 'Normalize' norm_param {{ {options} }}", [[3, 40, 20, 30]], threads: threads);
            harness.Forward();
            LayerHarness.Fill(harness.Tops[0].Diff, 8);
            harness.Backward();
            float[] all =
            [
                .. harness.Top, .. harness.Bottoms[0].Diff.ToArray(), .. harness.Layer.Blobs[0].Diff.ToArray(),
            ];
            first ??= all;
            Assert.Equal(first, all);
            harness.AssertAllocatesNothing();
        }
    }

    [Theory]
    [InlineData("normalize_param { bp_norm: true }", new[] { 2, 3, 2, 9 })]
    [InlineData("normalize_param { bp_norm: true }", new[] { 3, 5 })]
    [InlineData("softmax_param { normalize_type: 'L2' }", new[] { 2, 3, 4, 1 })]
    [Trait("Category", "Gradient")]
    public void HappynearsKindGivesTheLengthsToo(string options, int[] shape)
    {
        bool flows = options.Contains("bp_norm", StringComparison.Ordinal);
        using var harness = new LayerHarness(
            $"type: 'Normalize' {options}", [shape], flows ? 2 : 1,
            prepare: h => LayerHarness.Fill(h.Bottoms[0].Data, 3, 0.5f, 1.5f));
        Assert.Empty(harness.Layer.Blobs);
        harness.Forward();
        Span<float> x = harness.Bottoms[0].Data;
        int channels = shape[1], inner = harness.Bottoms[0].CountOf(2);
        for (int i = 0; i < x.Length; i++)
        {
            double sum = 1e-6;
            for (int c = 0; c < channels; c++)
            {
                sum += Math.Pow(x[(i / (channels * inner) * channels * inner) + (c * inner) + (i % inner)], 2);
            }

            Assert.Equal(x[i] / Math.Sqrt(sum), harness.Top[i], 1e-6);
            if (flows)
            {
                int at = (i / (channels * inner) * inner) + (i % inner);
                Assert.Equal(Math.Sqrt(sum), harness.Tops[1].Data[at], 1e-5);
            }
        }

        new GradientChecker().Check(harness);
        harness.AssertAllocatesNothing();
    }

    [Theory]
    [Trait("Category", "Unit")]
    [InlineData("normalize_type: 'L1'", "normalize_type is 'L1'")]
    [InlineData("fix_gradient: true", "fix_gradient of Normalize is not done")]
    public void WhatIsNotDoneOfHappynearsIsRefused(string options, string expected)
    {
        var exception = Assert.Throws<CnnException>(
            () => new LayerHarness($"type: 'Normalize' normalize_param {{ {options} }}", [[2, 3]]));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }
}
