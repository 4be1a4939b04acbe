using Cnn.Fillers;

namespace Cnn.Tests.Fillers;

[Trait("Category", "Unit")]
public class PhiloxRandomTests
{
    // The published known-answer tests of Random123 for philox4x32-10.
    [Theory]
    [InlineData(0UL, 0UL, 0UL, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(~0UL, ~0UL, ~0UL, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(
        0x299f31d0a4093822UL, 0x85a308d3243f6a88UL, 0x0370734413198a2eUL, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u,
        0x24126ea1u)]
    public void ABlockHasThePublishedWords(ulong key, ulong low, ulong high, uint a, uint b, uint c, uint d) =>
        Assert.Equal((a, b, c, d), PhiloxRandom.Block(key, low, high));

    [Fact]
    public void ARestartedStreamGivesTheSameNumbers()
    {
        var random = new PhiloxRandom(5, 6);
        double[] first = [.. Enumerable.Range(0, 10).Select(_ => random.NextDouble())];
        random.Restart(5, 6);
        Assert.Equal(first, Enumerable.Range(0, 10).Select(_ => random.NextDouble()));
    }

    [Fact]
    public void StreamsDifferByEveryPartOfTheirKey()
    {
        uint First(long seed, string layer, string purpose, long iteration) =>
            new RandomStreams(seed).Create(layer, purpose, iteration).NextUInt32();
        uint[] all =
        [
            First(1, "conv1", "blob 0", 0), First(2, "conv1", "blob 0", 0), First(1, "conv2", "blob 0", 0),
            First(1, "conv1", "blob 1", 0), First(1, "conv1", "blob 0", 1),
        ];
        Assert.Equal(all.Length, all.Distinct().Count());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1_000_000)]
    public void BoundedNumbersStayBelowTheirLimitAndCoverIt(int limit)
    {
        var random = new PhiloxRandom(3);
        int[] numbers = [.. Enumerable.Range(0, 1000).Select(_ => random.Next(limit))];
        Assert.All(numbers, n => Assert.InRange(n, 0, limit - 1));
        Assert.True(numbers.Distinct().Count() >= Math.Min(limit, 900));
    }
}
