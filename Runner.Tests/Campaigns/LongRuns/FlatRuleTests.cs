using Cnn.Campaigns.LongRuns;

namespace Cnn.Tests.Campaigns.LongRuns;

[Trait("Category", "Unit")]
public class FlatRuleTests
{
    private const double Megabyte = 1 << 20;

    [Fact]
    public void WhatGrowsFromStartToEndIsFound()
    {
        double[] leak = [.. Enumerable.Range(0, 100).Select(i => (100 + (0.3 * i)) * Megabyte)];

        string broken = Assert.IsType<string>(FlatRule.Memory.Broken(leak));

        Assert.StartsWith("bytes of memory grow: ", broken, StringComparison.Ordinal);
        Assert.EndsWith("of 100 samples", broken, StringComparison.Ordinal);
    }

    [Fact]
    public void AStartThatGrowsAndPeaksThatComeAndGoAreFlat()
    {
        Assert.Null(FlatRule.Memory.Broken(
            [.. Enumerable.Range(0, 100).Select(i => Megabyte * (i < 20 ? 5 * i : i % 7 == 0 ? 300 : 100))]));
    }

    [Fact]
    public void FewSamplesTellNothing() =>
        Assert.NotNull(FlatRule.Memory.Broken([.. Enumerable.Repeat(1.0, FlatRule.LeastSamples - 1)]));

    [Fact]
    public void AllThreeQuantitiesAreJudged()
    {
        ProcessSample[] leaking =
        [
            .. Enumerable.Range(0, 50).Select(
                i => new ProcessSample(i, i, 100_000_000L + (i * 1_000_000L), 20 + i, 10 + i)),
        ];

        Assert.Equal(["bytes", "handles", "threads"], FlatRule.Broken(leaking).Select(b => b.Split(' ')[0]));
        Assert.Empty(FlatRule.Broken([.. leaking.Select(s => leaking[0] with { Seconds = s.Seconds })]));
    }

    [Fact]
    public void ThisProcessIsRead()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("what a process holds is read from /proc");
        }

        ProcessSample sample = ProcessSample.Read(Environment.ProcessId, 1, 2);

        Assert.InRange(sample.Bytes, 1 << 20, 1L << 40);
        Assert.InRange(sample.Handles, 3, 100_000);
        Assert.InRange(sample.Threads, 1, 10_000);
    }
}
