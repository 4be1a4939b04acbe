using Cnn.Fillers;

namespace Cnn.Tests.Fillers;

[Trait("Category", "Kernel")]
public class PhiloxLanesTests
{
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(ulong.MaxValue, 0xFFFFFFF8, 5)]
    [InlineData(0x123456789ABCDEF0, 0xFFFFFFFFFFFFFFF4, ulong.MaxValue)]
    public void EachLaneIsItsBlock(ulong key, ulong counterLow, ulong counterHigh)
    {
        var (a, b, c, d) = PhiloxLanes.Blocks(key, counterLow, counterHigh);
        for (int lane = 0; lane < 16; lane++)
        {
            Assert.Equal(
                PhiloxRandom.Block(key, unchecked(counterLow + (ulong)lane), counterHigh),
                (a[lane], b[lane], c[lane], d[lane]));
        }
    }
}
