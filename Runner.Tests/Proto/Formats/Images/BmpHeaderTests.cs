using Cnn.Proto.Formats.Images;

namespace Cnn.Tests.Proto.Formats.Images;

/// <summary>Channels of bitmaps by their header and palette: BITMAPCOREHEADER and BITMAPINFOHEADER.</summary>
[Trait("Category", "Unit")]
public class BmpHeaderTests
{
    [Theory]
    [InlineData(16, 3)]
    [InlineData(24, 3)]
    [InlineData(32, 4)]
    public void PixelsWithoutAPaletteAreColoursAndHaveAlphaIn32Bits(int bits, int channels)
    {
        Assert.Equal(channels, BmpHeader.StoredChannels(New(bits, 0)));
        Assert.Equal(channels, BmpHeader.StoredChannels(Old(bits, [0, 0, 0, 0, 0, 0])));
    }

    [Fact]
    public void APaletteOfGreysAloneIsGrey()
    {
        byte[] greys = [0, 0, 0, 9, 255, 255, 255, 9];
        Assert.Equal(1, BmpHeader.StoredChannels(New(1, 0, greys)));
        Assert.Equal(3, BmpHeader.StoredChannels(New(1, 0, [0, 0, 0, 9, 254, 255, 255, 9])));
        Assert.Equal(3, BmpHeader.StoredChannels(New(1, 0, [0, 0, 0, 9, 255, 255, 254, 9])));
        Assert.Equal(1, BmpHeader.StoredChannels(Old(1, [7, 7, 7, 8, 8, 8])));
        Assert.Equal(3, BmpHeader.StoredChannels(Old(1, [7, 7, 7, 8, 8, 9])));
    }

    [Fact]
    public void ThePaletteIsAsLongAsTheHeaderSaysOrTheDepthAllows()
    {
        byte[] greys = [1, 1, 1, 0, 2, 2, 2, 0], colours = [1, 2, 3, 0];
        Assert.Equal(1, BmpHeader.StoredChannels(New(4, 2, [.. greys, .. colours])));
        Assert.Equal(3, BmpHeader.StoredChannels(New(4, 3, [.. greys, .. colours])));
        Assert.Equal(3, BmpHeader.StoredChannels(New(4, 0, [.. greys, .. colours])));
        Assert.Equal(1, BmpHeader.StoredChannels(New(1, 9, [.. greys, .. colours])));
        Assert.Equal(1, BmpHeader.StoredChannels(New(1, -1, [.. greys, .. colours])));
    }

    [Fact]
    public void APaletteThatIsCutIsNoGrey()
    {
        byte[] whole = New(1, 0, [0, 0, 0, 0, 255, 255, 255, 0]);
        Assert.Equal(1, BmpHeader.StoredChannels(whole));
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.Equal(3, BmpHeader.StoredChannels(whole.AsSpan(0, length)));
        }
    }

    // The size of the header is at 14, the depth at 28, the number of colours at 46.
    private static byte[] New(int bits, int colours, params byte[] palette) =>
    [
        .. new byte[14], 40, 0, 0, 0, .. new byte[10], (byte)bits, 0, .. new byte[16],
        .. BitConverter.GetBytes(colours), .. new byte[4], .. palette,
    ];

    private static byte[] Old(int bits, params byte[] palette) =>
        [.. new byte[14], 12, 0, 0, 0, .. new byte[6], (byte)bits, 0, .. palette];
}
