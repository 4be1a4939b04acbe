using Cnn.Layers.Data;

namespace Cnn.Tests.Layers.Data;

[Trait("Category", "Unit")]
public sealed class EpochOrderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(1000)]
    [InlineData(1025)]
    public void EachItemComesOnceAnEpoch(int count)
    {
        for (int epoch = 0; epoch < 4; epoch++)
        {
            long[] order = Order(99, epoch, count);
            Assert.Equal(Enumerable.Range(0, count).Select(i => (long)i), order.Order());
        }
    }

    [Fact]
    public void EpochsAndKeysHaveOrdersOfTheirOwn()
    {
        Assert.Equal(Order(1, 0, 500), Order(1, 0, 500));
        Assert.NotEqual(Order(1, 0, 500), Order(1, 1, 500));
        Assert.NotEqual(Order(1, 0, 500), Order(2, 0, 500));
    }

    [Fact]
    public void AnItemIsEquallyLikelyEverywhere()
    {
        var first = new int[10];
        for (int epoch = 0; epoch < 5000; epoch++)
        {
            first[EpochOrder.ItemAt(7, epoch, 0, 10)]++;
        }

        Assert.All(first, count => Assert.InRange(count, 400, 600));
    }

    private static long[] Order(ulong key, long epoch, int count) =>
        [.. Enumerable.Range(0, count).Select(i => EpochOrder.ItemAt(key, epoch, i, count))];
}
