using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Tests.Layers.Normalization;

/// <summary>Statistics to which each pass adds its batch, or which get the batches of other processes too.</summary>
[Trait("Category", "Unit")]
public class RunningStatisticsTests
{
    private const string SlopeOfOnes = "slope_filler { type: 'constant' value: 1 }";

    // The last batches have one value a channel, and none.
    private static readonly int[][] Batches =
        [[4, 3, 2, 5], [2, 3, 2, 5], [5, 3, 1, 1], [3, 3, 4, 2], [1, 3, 1, 1], [0, 3, 2, 2], [2, 3, 7, 1]];

    public static TheoryData<string> Updating =>
    [
        "type: 'BatchNorm'",
        "type: 'BatchNorm' batch_norm_param { moving_average_fraction: 0.95 eps: 1e-3 }",
        "type: 'BatchNorm' batch_norm_param { use_global_stats: false moving_average_fraction: 0 }",
        "type: 'BatchNorm' batch_norm_param { scale_bias: true moving_average_fraction: 0.9 }",
        "type: 'BatchNorm' batch_norm_param { scale_filler { value: 2 } }",
        $"type: 'BN' bn_param {{ {SlopeOfOnes} }}",
        $"type: 'BN' bn_param {{ {SlopeOfOnes} momentum: 0.99 }}",
    ];

    [Theory]
    [MemberData(nameof(Updating))]
    public void MeasuresOfSeveralProcessesGiveTheStatisticsOfOne(string definition)
    {
        const int Processes = 3;
        using LayerHarness one = Make(definition);
        LayerHarness[] several = [.. Enumerable.Range(0, Processes).Select(_ => Make(definition))];
        Assert.All(several, h => Statistics(h).LeavesStatistics = true);
        var measures = new float[Batches.Length][];
        for (int pass = 0; pass < Batches.Length; pass++)
        {
            LayerHarness other = several[pass % Processes];
            float[] before = Values(other);
            Run(one, pass);
            Run(other, pass);
            Assert.Equal(before, Values(other));
            Assert.Equal(one.Top, other.Top);
            Assert.Equal(one.Bottoms[0].Diff.ToArray(), other.Bottoms[0].Diff.ToArray());
            measures[pass] = new float[Statistics(other).MeasureCount];
            Statistics(other).Measured(measures[pass]);
        }

        Assert.All(several, harness =>
        {
            Array.ForEach(measures, measure => Statistics(harness).AddMeasure(measure));
            Assert.Equal(Values(one), Values(harness));
        });
        Array.ForEach(several, harness => harness.Dispose());
    }

    [Theory]
    [MemberData(nameof(Updating))]
    public void MeasuresAllocateNothing(string definition)
    {
        using LayerHarness harness = Make(definition, threads: 1);
        IRunningStatistics statistics = Statistics(harness);
        statistics.LeavesStatistics = true;
        var measure = new float[statistics.MeasureCount];
        Assert.Equal(0, Allocations.OnThisThread(() =>
        {
            harness.Forward();
            statistics.Measured(measure);
            statistics.AddMeasure(measure);
        }));
    }

    [Theory]
    [InlineData("type: 'BatchNorm'", Phase.Test)]
    [InlineData("type: 'BatchNorm' batch_norm_param { use_global_stats: true }", Phase.Train)]
    [InlineData("type: 'BatchNorm' batch_norm_param { update_global_stats: false }", Phase.Train)]
    [InlineData("type: 'BatchNorm' batch_norm_param { scale_bias: true }", Phase.Test)]
    [InlineData("type: 'BN' bn_param { " + SlopeOfOnes + " frozen: true }", Phase.Train)]
    [InlineData("type: 'BN' bn_param { " + SlopeOfOnes + " }", Phase.Test)]
    [InlineData("type: 'BN' bn_param { scale_filler { value: 1 } }", Phase.Train)]
    public void WhatReadsItsStatisticsOrHasNoneMeasuresNothing(string definition, Phase phase)
    {
        using LayerHarness harness = Make(definition, phase: phase);
        float[] before = Values(harness);
        Run(harness, 0);

        Assert.Equal(0, Statistics(harness).MeasureCount);
        Assert.Equal(before, Values(harness));
    }

    private static LayerHarness Make(string definition, Phase phase = Phase.Train, int threads = 2) =>
        new(definition, [Batches[0]], phase: phase, threads: threads);

    private static IRunningStatistics Statistics(LayerHarness harness) =>
        Assert.IsAssignableFrom<IRunningStatistics>(harness.Layer);

    private static void Run(LayerHarness harness, int pass)
    {
        harness.Bottoms[0].Reshape(Batches[pass]);
        LayerHarness.Fill(harness.Bottoms[0].Data, 50 + (ulong)pass, -1, 2);
        harness.Forward();
        LayerHarness.Fill(harness.Tops[0].Diff, 90 + (ulong)pass);
        harness.Backward();
    }

    private static float[] Values(LayerHarness harness) =>
        [.. harness.Layer.Blobs.Concat(harness.Layer.State).SelectMany(blob => blob.Data.ToArray())];
}
