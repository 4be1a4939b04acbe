using Cnn.Proto.Formats;

namespace Cnn.Tests.Proto.Formats;

[Trait("Category", "Unit")]
public class Crc32Tests
{
    // The check value of the catalogue of checksums: CRC-32/ISO-HDLC.
    [Fact]
    public void TheDigitsHaveTheCheckValue() => Assert.Equal(0xCBF43926, Crc32.Of("123456789"u8));

    [Fact]
    public void EightBytesAtOnceGiveWhatBitsOneByOneGive()
    {
        byte[] bytes = new byte[100];
        new Random(1).NextBytes(bytes);
        for (int length = 0; length <= bytes.Length; length++)
        {
            uint expected = Bitwise(bytes.AsSpan(0, length));

            Assert.Equal(expected, Crc32.Of(bytes.AsSpan(0, length)));
            Assert.Equal(
                expected, Crc32.Append(Crc32.Of(bytes.AsSpan(0, length / 3)), bytes.AsSpan((length / 3)..length)));
        }
    }

    private static uint Bitwise(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
            }
        }

        return ~crc;
    }
}
