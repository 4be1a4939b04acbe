using Cnn.Proto;

namespace Cnn.Tests.Engine.Distributed;

[Trait("Category", "Unit")]
public class ProcessGroupTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void EveryRankGetsTheBytesOfAll(int size)
    {
        byte[][] expected = [.. Enumerable.Range(0, size).Select(Bytes)];
        byte[][][] found = InProcessJob.Run(size, group =>
        {
            group.Gather([]);
            return group.Gather(Bytes(group.Rank));
        });

        Assert.All(found, all => Assert.Equal(expected, all));
    }

    [Fact]
    public void RanksKnowTheirMachines()
    {
        int[] local = InProcessJob.Run(3, group => group.LocalSize);

        Assert.Equal([3, 3, 3], local);
    }

    [Fact]
    public void WhatFailsInOneProcessFailsInAllWithItsMessage()
    {
        string[] messages = InProcessJob.Run(3, group =>
        {
            var error = Assert.Throws<CnnException>(() => group.Together(() => group.Rank == 2
                ? throw new CnnException("no such file", "look for it")
                : 7));
            Assert.Same(error, group.CommonFailure);
            return error.Message;
        });

        Assert.All(messages, m => Assert.Equal("on rank 2: no such file; look for it", m));
    }

    [Fact]
    public void WhatFailsInAllSaysNothingOfRanks()
    {
        string[] messages = InProcessJob.Run(2, group => Assert.Throws<CnnException>(
            () => group.Together(() => throw new CnnException("no such file"))).Message);

        Assert.All(messages, m => Assert.Equal("no such file", m));
    }

    [Fact]
    public void ARankThatCannotGoOnEndsTheOthers()
    {
        var error = Assert.Throws<InvalidOperationException>(() => InProcessJob.Run(3, group => group.Rank == 1
            ? throw new InvalidOperationException("lost")
            : group.Gather([1])));

        Assert.Equal("lost", error.Message);
    }

    // Lengths that are no multiple of a float's, one of them 0.
    private static byte[] Bytes(int rank) => [.. Enumerable.Range(0, rank * 7).Select(i => (byte)(i + rank))];
}
