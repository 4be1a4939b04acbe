using Cnn.Campaigns.Files;
using Cnn.Proto.Formats.LevelDb;

namespace Cnn.Tests.Proto.Formats.LevelDb;

[Trait("Category", "Unit")]
public class LevelDbFormatTests
{
    [Theory]
    [InlineData("00", 0)]
    [InlineData("7F", 127)]
    [InlineData("8001", 128)]
    [InlineData("8000", 0)]
    [InlineData("FFFFFFFFFFFFFFFFFF01", ulong.MaxValue)]
    public void AVarintHasSevenBitsAByteTheLowestFirst(string hex, ulong expected)
    {
        byte[] bytes = [9, .. Convert.FromHexString(hex), 9];
        int at = 1;

        Assert.True(LevelDbFormat.TryVarint(bytes, ref at, out ulong value));
        Assert.Equal((expected, bytes.Length - 1), (value, at));
    }

    [Theory]
    [InlineData("")]
    [InlineData("80")]
    [InlineData("FFFFFFFFFFFFFFFFFF")]
    [InlineData("FFFFFFFFFFFFFFFFFFFF01")]
    public void AVarintThatIsCutOrTooLongIsNone(string hex)
    {
        int at = 0;

        Assert.False(LevelDbFormat.TryVarint(Convert.FromHexString(hex), ref at, out _));
    }

    [Fact]
    public void ALengthIsAtMostThatOfAnArray()
    {
        int at = 0;
        Assert.True(LevelDbFormat.TryLength(LevelDbFiles.Varint(int.MaxValue), ref at, out int length));
        Assert.Equal((int.MaxValue, 5), (length, at));
        at = 0;
        Assert.False(LevelDbFormat.TryLength(LevelDbFiles.Varint(1UL << 31), ref at, out length));
        Assert.Equal(0, length);
    }

    [Fact]
    public void OfEntriesOfOneKeyTheNewerComesFirst()
    {
        byte[] older = [.. "ab"u8, 1, 5, 0, 0, 0, 0, 0, 0], newer = [.. "ab"u8, 0, 6, 0, 0, 0, 0, 0, 0];
        byte[] longer = [.. "ab\0"u8, 1, 9, 0, 0, 0, 0, 0, 0], other = [.. "b"u8, 1, 9, 0, 0, 0, 0, 0, 0];
        Assert.True(LevelDbFormat.Compare(newer, older) < 0);
        Assert.True(LevelDbFormat.Compare(older, newer) > 0);
        Assert.Equal(0, LevelDbFormat.Compare(older, older));
        Assert.True(LevelDbFormat.Compare(older, longer) < 0);
        Assert.True(LevelDbFormat.Compare(longer, other) < 0);
    }
}
