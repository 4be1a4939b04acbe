using Cnn.Proto;

namespace Cnn.Tests.Layers.Normalization;

public class BatchNormLayerTests
{
    public static TheoryData<int[], bool> Shapes
    {
        get
        {
            var data = new TheoryData<int[], bool>();
            foreach (int[] shape in (int[][])[
                [3, 2, 4, 5], [4, 3], [5, 17], [2, 1, 19], [7, 1], [2, 3, 2, 2, 2], [6, 40, 1, 1]])
            {
                data.Add(shape, false);
                data.Add(shape, true);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    [Trait("Category", "Kernel")]
    [Trait("Category", "Gradient")]
    public void TheGradientIsThatOfTheFunction(int[] shape, bool global)
    {
        using LayerHarness harness = Make($"use_global_stats: {(global ? "true" : "false")} eps: 0.1", shape);
        if (global)
        {
            SetStatistics(harness);
        }

        float[][] blobs = [.. harness.Layer.Blobs.Select(b => b.Data.ToArray())];
        for (int i = 0; i < 3; i++)
        {
            harness.Layer.SetNeedsGradient(i, false);
        }

        new GradientChecker { BeforeForward = h => Restore(h, blobs) }.Check(harness);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    [Trait("Category", "Kernel")]
    public void EachChannelOfABatchHasMeanZeroAndDeviationOne(int[] shape, bool inPlace)
    {
        using LayerHarness harness = Make("eps: 0", shape, inPlace: inPlace);
        LayerHarness.Fill(harness.Bottoms[0].Data, 4, 1000, 1002);
        float[] x = harness.Bottoms[0].Data.ToArray();
        harness.Forward();
        int inner = x.Length / shape[0] / shape[1];
        for (int c = 0; c < shape[1]; c++)
        {
            int channel = c;
            double[] values = [.. x.Where((_, i) => i / inner % shape[1] == channel).Select(v => (double)v)];
            float[] normalised = [.. harness.Top.Where((_, i) => i / inner % shape[1] == channel)];
            double mean = values.Average(), variance = values.Average(v => (v - mean) * (v - mean));
            Assert.All(
                values.Zip(normalised),
                pair => Assert.Equal(
                    (pair.First - mean) / Math.Sqrt(variance), pair.Second, 1e-6 * Math.Sqrt(1 + values.Length)));
            Assert.Equal(mean, harness.Layer.Blobs[0].Data[c], 1e-4);
            double unbiased = variance * values.Length / Math.Max(1, values.Length - 1);
            Assert.Equal(unbiased, harness.Layer.Blobs[1].Data[c], 1e-6 * unbiased);
        }

        Assert.Equal(1, harness.Layer.Blobs[2].Data[0]);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    [Trait("Category", "Unit")]
    public void InPlaceGivesTheSame(int[] shape, bool global)
    {
        string options = $"use_global_stats: {(global ? "true" : "false")}";
        using LayerHarness apart = Make(options, shape), inPlace = Make(options, shape, inPlace: true);
        Assert.True(inPlace.Layer.AllowsInPlace);
        float[]? top = null;
        foreach (LayerHarness harness in (LayerHarness[])[apart, inPlace])
        {
            SetStatistics(harness);
            harness.Forward();
            Assert.Equal(top ??= harness.Top, harness.Top);

            // A following layer that works in place may overwrite the top.
            LayerHarness.Fill(harness.Tops[0].Diff, 9);
            harness.Tops[0].Data.Clear();
            harness.Backward();
        }

        Assert.Equal(apart.Bottoms[0].Diff.ToArray(), inPlace.Bottoms[0].Diff.ToArray());
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void StatisticsAreSumsThatEveryBatchMultiplies()
    {
        using LayerHarness harness = Make("moving_average_fraction: 0.5", [2, 1]);
        harness.Set(0, 1, 5);
        harness.Forward();
        Assert.Equal([3f, 8f, 1f], harness.Layer.Blobs.Select(b => b.Data[0]));
        harness.Set(0, 2, 2);
        harness.Forward();
        Assert.Equal([3.5f, 4f, 1.5f], harness.Layer.Blobs.Select(b => b.Data[0]));
        harness.Bottoms[0].Reshape(1, 1);
        harness.Forward();
        Assert.Equal([3.75f, 2f, 1.75f], harness.Layer.Blobs.Select(b => b.Data[0]));
        Assert.Equal([0f], harness.Top);
    }

    [Theory]
    [InlineData("", Phase.Train, false)]
    [InlineData("", Phase.Test, true)]
    [InlineData("use_global_stats: true", Phase.Train, true)]
    [InlineData("use_global_stats: false", Phase.Test, false)]
    [Trait("Category", "Unit")]
    public void WhatIsSetWinsOverThePhase(string options, Phase phase, bool global)
    {
        using LayerHarness harness = Make(options + " eps: 1", [2, 1], phase: phase);
        SetStatistics(harness);
        harness.Set(0, 7, 9);
        float[] before = [.. harness.Layer.Blobs.Select(b => b.Data[0])];
        harness.Forward();
        float mean = before[0] / before[2], deviation = MathF.Sqrt((before[1] / before[2]) + 1);
        Assert.Equal(global ? (7 - mean) / deviation : -1 / MathF.Sqrt(2), harness.Top[0], 1e-6f);
        Assert.Equal(global, before.SequenceEqual(harness.Layer.Blobs.Select(b => b.Data[0])));
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void UntrainedStatisticsAreZeros()
    {
        using LayerHarness harness = Make("eps: 0.25", [2, 1], phase: Phase.Test);
        harness.Set(0, 3, -2);
        harness.Forward();
        Assert.Equal([6f, -4f], harness.Top);
    }

    [Theory]
    [InlineData("scale_bias: true filler { value: 3 }", 3)]
    [InlineData("bias_filler { value: 1 } filler { value: 3 }", 3)]
    [InlineData("scale_filler { value: 2 } filler { value: 3 }", 2)]
    [InlineData("scale_bias: true", 1)]
    [Trait("Category", "Unit")]
    public void IntelsFillerFillsTheScale(string options, float expected)
    {
        using var harness = new LayerHarness($"type: 'BatchNorm' batch_norm_param {{ {options} }}", [[2, 3]]);

        Assert.Equal([expected, expected, expected], harness.Layer.Blobs[3].Data.ToArray());
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void TheDefinitionSaysThatNothingIsLearned()
    {
        using LayerHarness harness = new("type: 'BatchNorm' param { lr_mult: 0 decay_mult: 0 }", [[2, 3]]);
        Assert.Equal([0f, 0f, 0f], harness.Layer.Parameter.Param.Select(p => p.LrMult));
    }

    [Fact]
    [Trait("Category", "Kernel")]
    public void ManyPartsGiveTheSameOnAnyNumberOfThreads()
    {
        foreach (int[] shape in (int[][])[[3, 2, 150, 151], [70, 5, 30, 31], [3000, 70], [70_000, 1]])
        {
            using LayerHarness alone = Make("", shape, 1), shared = Make("", shape, 3);
            foreach (LayerHarness harness in (LayerHarness[])[alone, shared])
            {
                harness.Forward();
                LayerHarness.Fill(harness.Tops[0].Diff, 8);
                harness.Backward();
            }

            Assert.Equal(alone.Top, shared.Top);
            Assert.Equal(alone.Bottoms[0].Diff.ToArray(), shared.Bottoms[0].Diff.ToArray());
            double squares = alone.Top.Sum(v => (double)v * v);
            Assert.Equal(1, squares / alone.Top.Length, 1e-3);
        }
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void TheLayerFollowsItsBottomAndAllocatesNothing()
    {
        using LayerHarness harness = Make("", [2, 3, 4, 5], 1);
        harness.Bottoms[0].Reshape(0, 3, 4, 5);
        harness.Forward();
        harness.Backward();
        Assert.Equal(0, harness.Layer.Blobs[2].Data[0]);
        harness.Bottoms[0].Reshape(4, 3, 7, 1);
        harness.AssertAllocatesNothing();
        Assert.Equal([4, 3, 7, 1], harness.Tops[0].Shape.ToArray());
        harness.Bottoms[0].Reshape(4, 2, 7, 1);
        var thrown = Assert.Throws<CnnException>(harness.Forward);
        Assert.Contains("has become 4 2 7 1 (56)", thrown.Message);
    }

    private static LayerHarness Make(
        string options, int[] shape, int threads = 2, Phase phase = Phase.Train, bool inPlace = false) =>
        new(
            $"type: 'BatchNorm' batch_norm_param {{ {options} }}", [shape], threads: threads, phase: phase,
            inPlace: inPlace);

    private static void SetStatistics(LayerHarness harness)
    {
        LayerHarness.Fill(harness.Layer.Blobs[0].Data, 20);
        LayerHarness.Fill(harness.Layer.Blobs[1].Data, 21, 0.5f, 2);
        harness.Layer.Blobs[2].Data[0] = 3;
    }

    private static void Restore(LayerHarness harness, float[][] blobs)
    {
        for (int i = 0; i < blobs.Length; i++)
        {
            blobs[i].CopyTo(harness.Layer.Blobs[i].Data);
        }
    }
}
