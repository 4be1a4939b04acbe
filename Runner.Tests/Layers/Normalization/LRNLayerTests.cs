using Cnn.Proto;

namespace Cnn.Tests.Layers.Normalization;

public class LRNLayerTests
{
    public static TheoryData<string, int[]> Cases
    {
        get
        {
            var data = new TheoryData<string, int[]>();
            foreach (string options in (string[])[
                "", "beta: 0.5 alpha: 2", "beta: 1 k: 2 local_size: 3", "beta: 0.6 local_size: 7",
                "beta: 2.5 k: 1.5 alpha: 0.3", "local_size: 1", "local_size: 41 alpha: 3", "local_size: 19 alpha: 3"])
            {
                foreach (string region in (string[])["", " norm_region: WITHIN_CHANNEL"])
                {
                    data.Add(options + region, [2, 7, 3, 5]);
                    data.Add(options + region, [1, 3, 5, 17]);
                    data.Add(options + region, [3, 1, 1, 1]);
                    data.Add(options + region, [1, 30, 1, 2]);
                    data.Add(options + region, [1, 1, 23, 19]);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    [Trait("Category", "Kernel")]
    public void ValuesAreThoseOfTheFormula(string options, int[] shape)
    {
        using LayerHarness harness = Make(options, shape);
        harness.Forward();
        double[] expected = Reference(harness.Bottoms[0].Data.ToArray(), shape, harness.Layer.Parameter.LrnParam);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - harness.Top[i]) <= 1e-6,
                $"value {i} is {harness.Top[i]}, expected {expected[i]}");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    [Trait("Category", "Kernel")]
    [Trait("Category", "Gradient")]
    public void TheGradientIsThatOfTheFunction(string options, int[] shape)
    {
        using LayerHarness harness = Make(options, shape);
        new GradientChecker().Check(harness);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void WithinAChannelKIsOneAndTheDivisorCountsBeyondTheEdges()
    {
        using LayerHarness harness = Make(
            "norm_region: WITHIN_CHANNEL k: 7 alpha: 9 beta: 1 local_size: 3", [1, 1, 1, 2]);
        harness.Set(0, 1, 2);
        harness.Forward();
        Assert.Equal([1f / 6, 2f / 6], harness.Top);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [Trait("Category", "Unit")]
    public void ALargeValueLeavesNoTraceInTheWindowsBehindIt(int reach)
    {
        int n = (2 * reach) + 1;
        using LayerHarness harness = Make($"alpha: {n} beta: 1 local_size: {n}", [1, 6 * reach, 1, 1]);
        harness.Bottoms[0].Data.Fill(1);
        harness.Bottoms[0].Data[0] = 1e7f;
        harness.Forward();
        Assert.All(harness.Top[(reach + 1)..^reach], value => Assert.Equal(1f / (n + 1), value, 1e-7f));
    }

    [Theory]
    [InlineData("local_size: 3", 3)]
    [InlineData("local_size: 3 norm_region: WITHIN_CHANNEL", 9)]
    [Trait("Category", "Kernel")]
    public void WhatIsNotFiniteStaysInItsWindow(string options, int windows)
    {
        foreach (float value in (float[])[float.NaN, float.PositiveInfinity])
        {
            using LayerHarness harness = Make(options, [1, 7, 9, 17]);
            int at = (((3 * 9) + 4) * 17) + 5;
            harness.Bottoms[0].Data[at] = value;
            harness.Forward();
            Assert.True(float.IsNaN(harness.Top[at]));
            Assert.Equal(float.IsNaN(value) ? windows : 1, harness.Top.Count(y => !float.IsFinite(y)));
        }
    }

    // With k = 0 the layer divides by the norm of the neighbourhood, even beyond the range of a root estimate.
    [Theory]
    [InlineData("beta: 0.5", 0.5)]
    [InlineData("beta: 0.75", 0.75)]
    [InlineData("beta: 1", 1)]
    [InlineData("beta: 0.4", 0.4)]
    [Trait("Category", "Kernel")]
    public void ValuesOfEverySizeAreThoseOfTheFormula(string options, double beta)
    {
        float[] sizes = [1e-18f, 1e-16f, 1e-12f, 3e-5f, 1, 7e6f, 1e13f, 1e15f, 1e17f];
        using LayerHarness harness = Make("k: 0 local_size: 1 " + options, [1, 1, 1, sizes.Length]);
        harness.Set(0, sizes);
        harness.Tops[0].Diff.Fill(1);
        harness.Forward();
        harness.Backward();
        for (int i = 0; i < sizes.Length; i++)
        {
            double y = Math.Pow(sizes[i], 1 - (2 * beta)), dx = (1 - (2 * beta)) * Math.Pow(sizes[i], -2 * beta);
            Assert.Equal(1, harness.Top[i] / y, 1e-5);
            if (sizes[i] is >= 1e-12f and < 1e12f)
            {
                // Beyond that, the intermediate y / s is not a normal number.
                Assert.Equal(0, (harness.Bottoms[0].Diff[i] - dx) * Math.Pow(sizes[i], 2 * beta), 1e-5);
            }
        }
    }

    [Theory]
    [InlineData("", new[] { 2, 67, 31, 33 })]
    [InlineData("norm_region: WITHIN_CHANNEL", new[] { 2, 67, 31, 33 })]
    [InlineData("norm_region: WITHIN_CHANNEL", new[] { 1, 1, 350, 401 })]
    [InlineData("norm_region: WITHIN_CHANNEL local_size: 21", new[] { 1, 1, 350, 401 })]
    [Trait("Category", "Kernel")]
    public void ManyPartsGiveTheSameOnAnyNumberOfThreads(string options, int[] shape)
    {
        using LayerHarness alone = Make(options, shape, 1), shared = Make(options, shape, 3);
        foreach (LayerHarness harness in (LayerHarness[])[alone, shared])
        {
            harness.Forward();
            LayerHarness.Fill(harness.Tops[0].Diff, 8);
            harness.Backward();
        }

        Assert.Equal(alone.Top, shared.Top);
        Assert.Equal(alone.Bottoms[0].Diff.ToArray(), shared.Bottoms[0].Diff.ToArray());
        double[] expected = Reference(alone.Bottoms[0].Data.ToArray(), shape, alone.Layer.Parameter.LrnParam);
        Assert.All(expected.Zip(alone.Top), pair => Assert.InRange(pair.Second, pair.First - 1e-6, pair.First + 1e-6));
    }

    [Theory]
    [InlineData("")]
    [InlineData("norm_region: WITHIN_CHANNEL")]
    [Trait("Category", "Unit")]
    public void TheLayerFollowsItsBottomAndAllocatesNothing(string options)
    {
        using LayerHarness harness = Make(options, [2, 3, 4, 5], 1);
        foreach (int[] shape in (int[][])[[4, 3, 6, 7], [0, 3, 6, 7], [1, 9, 1, 2]])
        {
            harness.Bottoms[0].Reshape(shape);
            LayerHarness.Fill(harness.Bottoms[0].Data, 3);
            harness.Forward();
            Assert.Equal(shape, harness.Tops[0].Shape.ToArray());
            double[] expected = Reference(harness.Bottoms[0].Data.ToArray(), shape, harness.Layer.Parameter.LrnParam);
            Assert.All(
                expected.Zip(harness.Top), pair => Assert.InRange(pair.Second, pair.First - 1e-6, pair.First + 1e-6));
        }

        harness.AssertAllocatesNothing();
    }

    private static LayerHarness Make(string options, int[] shape, int threads = 2) =>
        new($"type: 'LRN' lrn_param {{ {options} }}", [shape], threads: threads);

    private static double[] Reference(float[] x, int[] shape, LRNParameter p)
    {
        var (channels, height, width) = (shape[1], shape[2], shape[3]);
        bool within = p.NormRegion == LRNParameter.Types.NormRegion.WithinChannel;
        int n = (int)p.LocalSize, reach = n / 2;
        var y = new double[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            int w = i % width, h = i / width % height, c = i / width / height % channels,
                first = i - w - (h * width) - (c * height * width);
            double sum = 0;
            for (int a = -reach; a <= reach; a++)
            {
                if (!within && c + a >= 0 && c + a < channels)
                {
                    sum += Math.Pow(x[first + ((((c + a) * height) + h) * width) + w], 2);
                }

                for (int b = -reach; within && b <= reach; b++)
                {
                    if (h + a >= 0 && h + a < height && w + b >= 0 && w + b < width)
                    {
                        sum += Math.Pow(x[first + (((c * height) + h + a) * width) + w + b], 2);
                    }
                }
            }

            double s = within ? 1 + (p.Alpha / (n * (double)n) * sum) : p.K + (p.Alpha / n * sum);
            y[i] = x[i] * Math.Pow(s, -p.Beta);
        }

        return y;
    }
}
