using Cnn.Proto;

namespace Cnn.Tests.Layers.Vision;

public class PoolingLayerTests
{
    public static TheoryData<string, int[]> Windows
    {
        get
        {
            var data = new TheoryData<string, int[]>();
            foreach (string options in (string[])["kernel_size: 2 stride: 2", "kernel_size: 3 stride: 2"])
            {
                data.Add(options, [2, 3, 4, 4]);
                data.Add(options, [1, 2, 6, 24]);
                data.Add(options, [2, 1, 5, 7]);
                data.Add(options, [1, 1, 2, 2]);
            }

            data.Add("kernel_size: 2 stride: 2", [1, 2, 4, 8]);
            data.Add("kernel_size: 2 stride: 2", [1, 1, 2, 42]);
            data.Add("kernel_size: 2 stride: 2 pad: 1", [1, 2, 5, 4]);
            data.Add("kernel_size: 3 stride: 1 pad: 1", [1, 2, 4, 5]);
            data.Add("kernel_h: 3 kernel_w: 2 stride_h: 1 stride_w: 3 pad_h: 2 pad_w: 0", [1, 2, 4, 8]);
            data.Add("kernel_size: 3 stride: 2 round_mode: FLOOR", [1, 2, 6, 6]);
            data.Add("global_pooling: true", [2, 2, 3, 5]);
            data.Add("kernel_size: 3 stride: 2 pad_l: 1 pad_b: 2", [1, 2, 5, 6]);
            data.Add("kernel_size: 3 stride: 2 pad_type: 1", [1, 2, 6, 7]);
            data.Add("kernel_size: 3 stride: 2 pad: 1 avg_include_pad: false", [1, 2, 6, 7]);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Windows))]
    [Trait("Category", "Gradient")]
    public void TheGradientOfMaximaIsThatOfTheFunction(string options, int[] shape)
    {
        using var harness = Make("MAX", options, shape, apart: true, tops: 2);
        new GradientChecker { Tops = 1 }.Check(harness);
    }

    [Theory]
    [MemberData(nameof(Windows))]
    [Trait("Category", "Gradient")]
    public void TheGradientOfMeansIsThatOfTheFunction(string options, int[] shape)
    {
        using var harness = Make("AVE", options, shape);
        new GradientChecker().Check(harness);
    }

    [Theory]
    [InlineData("kernel_size: 2 stride: 2", Phase.Test)]
    [InlineData("kernel_size: 3 stride: 2", Phase.Test)]
    [Trait("Category", "Gradient")]
    public void TheGradientOfStochasticMeansIsThatOfTheFunction(string options, Phase phase)
    {
        using var harness = Make("STOCHASTIC", options, [1, 2, 5, 6], phase: phase, positive: true);
        new GradientChecker { Step = 1e-3f, Tolerance = 5e-3 }.Check(harness);
    }

    [Theory]
    [InlineData(24, "kernel_size: 2 stride: 2", 12)]
    [InlineData(7, "kernel_size: 2 stride: 2", 4)]
    [InlineData(7, "kernel_size: 2 stride: 2 round_mode: FLOOR", 3)]
    [InlineData(55, "kernel_size: 3 stride: 2", 27)]
    [InlineData(32, "kernel_size: 3 stride: 2", 16)]
    [InlineData(2, "kernel_size: 3 stride: 2", 1)]
    [InlineData(3, "kernel_size: 2 stride: 2 pad: 1", 2)]
    [InlineData(4, "kernel_size: 2 stride: 2 pad: 1", 3)]
    [InlineData(4, "kernel_size: 2", 3)]
    [InlineData(9, "global_pooling: true", 1)]
    [InlineData(6, "kernel_size: 1 stride: 3", 3)]
    [InlineData(7, "kernel_size: 2 stride: 2 ceil_mode: false", 3)]
    [InlineData(7, "kernel_size: 2 stride: 2 ceil_mode: false round_mode: CEIL", 4)]
    [InlineData(7, "kernel_size: 2 stride: 2 torch_pooling: true", 3)]
    [InlineData(7, "kernel_size: 2 stride: 2 pad_l: 1 pad_t: 1 ceil_mode: false", 4)]
    [InlineData(6, "kernel_size: 3 stride: 2 pad_type: 1", 3)]
    [InlineData(6, "kernel_size: 1 stride: 2 pad_type: 1", 3)]
    [Trait("Category", "Unit")]
    public void TheNumberOfWindowsIsThatOfCaffe(int size, string options, int expected)
    {
        using var harness = Make("MAX", options, [1, 1, size, size]);
        Assert.Equal([1, 1, expected, expected], harness.Tops[0].Shape);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(26)]
    [InlineData(2)]
    [InlineData(5)]
    [Trait("Category", "Kernel")]
    public void OfEqualMaximaTheFirstInRowMajorOrderCounts(int width)
    {
        using var harness = Make("MAX", "kernel_size: 2 stride: 2", [3, 4, 6, width], tops: 2);
        Span<float> x = harness.Bottoms[0].Data;
        LayerHarness.Fill(x, 3, 0, 2.99f);
        foreach (ref float value in x)
        {
            value = MathF.Floor(value);
        }

        harness.Forward();
        harness.Tops[0].Diff.Fill(1);
        harness.Backward();
        int topWidth = (width + 1) / 2;
        var expected = new float[x.Length];
        for (int i = 0; i < harness.Tops[0].Count; i++)
        {
            int plane = i / (3 * topWidth), row = i / topWidth % 3 * 2, column = i % topWidth * 2;
            int best = (row * width) + column;
            foreach (var (r, c) in ((int, int)[])[(row, column + 1), (row + 1, column), (row + 1, column + 1)])
            {
                int at = (r * width) + c;
                best = c < width && x[(plane * 6 * width) + at] > x[(plane * 6 * width) + best] ? at : best;
            }

            Assert.Equal(x[(plane * 6 * width) + best], harness.Tops[0].Data[i]);
            Assert.Equal(best, harness.Tops[1].Data[i]);
            expected[(plane * 6 * width) + best] = 1;
        }

        Assert.Equal(expected, harness.Bottoms[0].Diff);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void AveragesCountTheBorderButNotWhatOverhangsIt()
    {
        // The windows begin at -1, 1 and 3; the last reaches to 6, one beyond the border.
        using var harness = Make("AVE", "kernel_size: 3 stride: 2 pad: 1", [1, 1, 4, 4]);
        harness.Bottoms[0].Data.Fill(1);
        harness.Forward();
        Assert.Equal([4f / 9, 6f / 9, 2f / 6, 6f / 9, 1, 3f / 6, 2f / 6, 3f / 6, 1f / 4], harness.Top);
    }

    [Theory]
    [InlineData("AVE_EXC_PAD", "pad: 1")]
    [InlineData("AVE_TF", "pad: 1")]
    [InlineData("AVE", "pad: 1 avg_include_pad: false")]
    [Trait("Category", "Unit")]
    public void AveragesWithoutPaddingDivideByTheImagesPixels(string method, string options)
    {
        using var harness = Make(method, $"kernel_size: 3 stride: 2 {options}", [1, 1, 4, 4]);
        harness.Bottoms[0].Data.Fill(2);
        harness.Forward();
        Assert.All(harness.Top, value => Assert.Equal(2, value, 1e-6f));
        new GradientChecker().Check(harness);
    }

    [Fact]
    [Trait("Category", "Gradient")]
    public void TheAverageOfAWindowOutsideTheImageIsZero()
    {
        using var harness = Make("AVE", "kernel_size: 1 stride: 3", [1, 1, 6, 6]);
        new GradientChecker().Check(harness);
        Assert.Equal(0, harness.Top[8]);
    }

    [Theory]
    [InlineData(
        "MAX", "kernel_size: 1 stride: 2", 6, 6, "the last row and the last column of windows lie outside",
        float.MinValue)]
    [InlineData("MAX", "kernel_size: 1 stride: 2", 5, 6, "the last column of windows lie", float.MinValue)]
    [InlineData(
        "MAX", "kernel_h: 1 kernel_w: 2 stride_h: 3 stride_w: 1", 6, 6, "the last row of windows lie", float.MinValue)]
    [InlineData("AVE", "kernel_size: 1 stride: 2", 6, 6, "the last row and the last column of windows lie outside", 0f)]
    [Trait("Category", "Unit")]
    public void AWindowOutsideTheImageIsWarnedOfOnce(
        string method, string options, int height, int width, string expected, float value)
    {
        using var harness = Make(method, options, [1, 1, height, width]);
        harness.Forward();
        harness.Forward();
        Assert.Equal(value, harness.Top[^1]);
        Diagnostic warning = Assert.Single(harness.Warnings);
        Assert.Contains(expected, warning.Message, StringComparison.Ordinal);
        Assert.Contains("'bottom0'", warning.Message, StringComparison.Ordinal);
        Assert.Equal("layer", warning.Layer);
        Assert.Equal(1, warning.Location?.Line);

        // Another size with such windows.
        harness.Bottoms[0].Reshape(1, 1, height + 6, width + 6);
        harness.Forward();
        Assert.Equal(2, harness.Warnings.Count);
    }

    [Theory]
    [InlineData("kernel_size: 1 stride: 2 round_mode: FLOOR", 6)]
    [InlineData("kernel_size: 1 stride: 2", 5)]
    [InlineData("kernel_size: 2 stride: 2 pad: 1", 4)]
    [InlineData("kernel_size: 3 stride: 2", 8)]
    [InlineData("global_pooling: true", 6)]
    [Trait("Category", "Unit")]
    public void WindowsWithinTheImageAreNotWarnedOf(string options, int size)
    {
        using var harness = Make("MAX", options, [1, 1, size, size]);
        harness.Forward();
        Assert.Empty(harness.Warnings);
    }

    [Theory]
    [InlineData("kernel_size: 2 stride: 2")]
    [InlineData("kernel_size: 3 stride: 3")]
    [Trait("Category", "Unit")]
    public void ValuesThatNothingExceedsAreLeftOut(string options)
    {
        using var harness = Make("MAX", options, [1, 1, 6, 6], tops: 2);
        harness.Bottoms[0].Data.Fill(float.NegativeInfinity);
        harness.Bottoms[0].Data[0] = float.NaN;
        harness.Forward();
        harness.Tops[0].Diff.Fill(1);
        harness.Backward();
        Assert.All(harness.Top, value => Assert.Equal(float.MinValue, value));
        Assert.All(harness.Tops[1].Data.ToArray(), index => Assert.Equal(-1, index));
        Assert.All(harness.Bottoms[0].Diff.ToArray(), value => Assert.Equal(0, value));
    }

    [Fact]
    [Trait("Category", "Resume")]
    public void StochasticDrawsAreAFunctionOfThePassOnAnyNumberOfThreads()
    {
        float[] Draw(int threads, long pass)
        {
            using var harness = Make(
                "STOCHASTIC", "kernel_size: 2 stride: 2", [4, 40, 10, 10], positive: true, threads: threads);
            harness.Clock.Pass = pass;
            harness.Forward();
            return harness.Top;
        }

        Assert.Equal(Draw(1, 5), Draw(3, 5));
        Assert.NotEqual(Draw(1, 5), Draw(1, 6));
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void StochasticTrainingTakesValuesInProportionToThem()
    {
        const int Planes = 20_000;
        using var harness = Make("STOCHASTIC", "kernel_size: 2 stride: 2", [1, Planes, 2, 2]);
        for (int i = 0; i < Planes * 4; i++)
        {
            harness.Bottoms[0].Data[i] = i % 4;
        }

        harness.Forward();
        harness.Tops[0].Diff.Fill(1);
        harness.Backward();
        Assert.InRange(harness.Top.Count(y => y == 3), (Planes / 2) - 400, (Planes / 2) + 400);
        Assert.InRange(harness.Top.Count(y => y == 1), (Planes / 6) - 300, (Planes / 6) + 300);
        Assert.DoesNotContain(0, harness.Top);
        for (int i = 0; i < Planes * 4; i++)
        {
            Assert.Equal(harness.Top[i / 4] == i % 4 ? 1 : 0, harness.Bottoms[0].Diff[i]);
            i += i % 4 == 3 ? 4 * 500 : 0;
        }
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void StochasticTestingGivesTheMeanUnderTheProbabilities()
    {
        using var harness = Make("STOCHASTIC", "kernel_size: 2 stride: 2", [1, 2, 2, 2], phase: Phase.Test);
        harness.Set(0, 1, 2, 3, 4, 0, 0, 0, 0);
        harness.Forward();
        Assert.Equal([3, 0], harness.Top);
    }

    [Theory]
    [InlineData("MAX")]
    [InlineData("AVE")]
    [InlineData("STOCHASTIC")]
    [Trait("Category", "Unit")]
    public void PassesAllocateNothing(string method)
    {
        using var harness = Make(method, "kernel_size: 3 stride: 2", [2, 3, 9, 9], positive: true, threads: 1);
        harness.AssertAllocatesNothing();
    }

    [Theory]
    [InlineData("pool: MAX", "kernel_size")]
    [InlineData("kernel_size: 2 kernel_h: 2", "kernel")]
    [InlineData("kernel_size: 0", "kernel")]
    [InlineData("kernel_size: 2 stride: 0", "stride")]
    [InlineData("kernel_size: 2 pad: 2", "pad")]
    [InlineData("kernel_size: 9", "9")]
    [InlineData("kernel_size: 3 pad: 1 pool: STOCHASTIC", "stochastic")]
    [InlineData("global_pooling: true kernel_size: 2", "global_pooling")]
    [InlineData("global_pooling: true pad: 1", "global_pooling")]
    [InlineData("kernel_h: 2", "kernel")]
    [InlineData("kernel_size: 2 pad_r: 2", "padding of 0 x 2 is not less")]
    [InlineData("kernel_size: 2 pad_type: 2", "pad_type is 2, expected 0 or 1")]
    [InlineData("kernel_size: 2 kernel_depth: 2", "a Pooling layer has no length")]
    [InlineData("global_pooling: true pad_l: 1", "global_pooling")]
    [InlineData("kernel_size: 4294967295", "kernel_size is 4294967295, which is too large")]
    [InlineData("kernel_size: 3 stride: 4294967295", "stride is 4294967295, which is too large")]
    [InlineData("kernel_size: 3 stride_h: 2", "stride_h is given without stride_w")]
    [InlineData("kernel_h: 3 kernel_w: 0", "kernel_w is 0, expected 1 or more")]
    [Trait("Category", "Unit")]
    public void AContradictoryDefinitionIsALocatedError(string options, string mentions)
    {
        var exception = Assert.Throws<CnnException>(() =>
            new LayerHarness($"type: 'Pooling'\npooling_param {{ {options} }}", [[1, 1, 5, 5]]));
        Assert.Contains(mentions, exception.Message, StringComparison.Ordinal);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void ABottomWithoutFourAxesIsAnError() =>
        Assert.Throws<CnnException>(
            () => new LayerHarness("type: 'Pooling' pooling_param { kernel_size: 1 }", [[5, 5]]));

    private static LayerHarness Make(
        string method, string options, int[] shape, bool apart = false, int tops = 1, Phase phase = Phase.Train,
        bool positive = false, int threads = 2) => new(
        $"type: 'Pooling' pooling_param {{ pool: {method} {options} }}", [shape], tops, phase, threads, prepare: h =>
        {
            if (apart)
            {
                LayerHarness.FillApart(h.Bottoms[0].Data, 4);
            }
            else if (positive)
            {
                LayerHarness.Fill(h.Bottoms[0].Data, 4, 0.1f, 1);
            }
        });
}
