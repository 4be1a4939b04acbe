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
                "", "beta: 0.5 alpha: 2", "beta: 1 k: 2 local_size: 3", "beta: 0.6 local_size: 7", "beta: 2.5 k: 1.5 alpha: 0.3",
                "local_size: 1", "local_size: 41 alpha: 3", "local_size: 19 alpha: 3"])
            {
                foreach (string region in (string[])["", " norm_region: WITHIN_CHANNEL"])
                {
                    data.Add(options + region, [2, 7, 3, 5]);
                    data.Add(options + region, [1, 3, 5, 17]);
                    data.Add(options + region, [3, 1, 1, 1]);
                    data.Add(options + region, [1, 30, 1, 2]);
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
            Assert.True(Math.Abs(expected[i] - harness.Top[i]) <= 1e-6, $"value {i} is {harness.Top[i]}, expected {expected[i]}");
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
        using LayerHarness harness = Make("norm_region: WITHIN_CHANNEL k: 7 alpha: 9 beta: 1 local_size: 3", [1, 1, 1, 2]);
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
    [InlineData("")]
    [InlineData("norm_region: WITHIN_CHANNEL")]
    [Trait("Category", "Kernel")]
    public void ManyPartsGiveTheSameOnAnyNumberOfThreads(string options)
    {
        int[] shape = [2, 67, 31, 33];
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
            Assert.All(expected.Zip(harness.Top), pair => Assert.InRange(pair.Second, pair.First - 1e-6, pair.First + 1e-6));
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
            int w = i % width, h = i / width % height, c = i / width / height % channels, first = i - w - (h * width) - (c * height * width);
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
