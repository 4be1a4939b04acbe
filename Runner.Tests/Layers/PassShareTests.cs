using Cnn.Layers;

namespace Cnn.Tests.Layers;

[Trait("Category", "Unit")]
public class PassShareTests
{
    public static TheoryData<int, int, int> Shares => new()
    {
        { 1, 0, 1 }, { 4, 0, 2 }, { 4, 2, 2 }, { 8, 7, 1 }, { 5, 1, 3 }, { 3, 0, 3 },
    };

    [Theory]
    [MemberData(nameof(Shares))]
    public void NumbersCountThePassesOfTheShare(int period, int first, int count)
    {
        var share = new PassShare(period, first, count);
        long[] passes = [.. Enumerable.Range(0, 6 * period).Select(p => (long)p).Where(share.Has)];

        Assert.Equal(6 * count, passes.Length);
        Assert.All(passes, p => Assert.InRange(p % period, first, first + count - 1));
        Assert.Equal(Enumerable.Range(0, passes.Length).Select(n => (long)n), passes.Select(share.NumberOf));
        Assert.Equal(passes, passes.Select(p => share.PassOf(share.NumberOf(p))));
    }

    [Theory]
    [MemberData(nameof(Shares))]
    public void TheNextPassOfTheShareIsFoundFromAnyPass(int period, int first, int count)
    {
        var share = new PassShare(period, first, count);
        for (long pass = 0; pass < 4 * period; pass++)
        {
            long next = pass;
            while (!share.Has(next))
            {
                next++;
            }

            Assert.Equal(share.NumberOf(next), share.NumberFrom(pass));
            Assert.Equal(next, share.PassOf(share.NumberFrom(pass)));
        }
    }

    [Theory]
    [InlineData(8, 2)]
    [InlineData(8, 8)]
    [InlineData(6, 3)]
    public void TheSharesOfAllProcessesAreAllPasses(int passes, int processes)
    {
        int own = passes / processes;
        PassShare[] shares = [.. Enumerable.Range(0, processes).Select(r => new PassShare(passes, r * own, own))];

        Assert.All(
            Enumerable.Range(0, 3 * passes),
            pass => Assert.Single(shares, share => share.Has(pass)));
    }

    [Fact]
    public void EveryPassIsAShareToo()
    {
        Assert.All([-3L, 0, 1, 7, 1L << 40], pass =>
        {
            Assert.True(PassShare.All.Has(pass));
            Assert.Equal(pass, PassShare.All.NumberOf(pass));
            Assert.Equal(pass, PassShare.All.NumberFrom(pass));
            Assert.Equal(pass, PassShare.All.PassOf(pass));
        });
    }
}
