using Cnn.Proto;
using Cnn.Proto.Formats.Png;

namespace Cnn.Tests.Proto.Formats.Png;

/// <summary>The content of IHDR: PNG specification, 11.2.2 and table 11.1.</summary>
[Trait("Category", "Unit")]
public class PngHeaderTests
{
    [Fact]
    public void ColourTypesHaveTheDepthsOfTheFormat()
    {
        Dictionary<int, int[]> allowed = new()
        {
            [0] = [1, 2, 4, 8, 16], [2] = [8, 16], [3] = [1, 2, 4, 8], [4] = [8, 16], [6] = [8, 16],
        };
        for (int color = 0; color < 9; color++)
        {
            for (int depth = 0; depth < 34; depth++)
            {
                byte[] chunk = Chunk(5, 7, (byte)depth, (byte)color, 0, 0, 1);
                if (allowed.GetValueOrDefault(color, []).Contains(depth))
                {
                    Assert.Equal(new PngHeader(7, 5, depth, (PngColor)color, true), PngHeader.Read(chunk));
                }
                else
                {
                    Refused(chunk);
                }
            }
        }
    }

    [Fact]
    public void OtherMethodsAndSizesAreDamage()
    {
        Assert.False(PngHeader.Read(Chunk(5, 7, 8, 0, 0, 0, 0)).IsInterlaced);
        Refused(Chunk(0, 7, 8, 0, 0, 0, 0));
        Refused(Chunk(5, 0, 8, 0, 0, 0, 0));
        Refused(Chunk(-1, 7, 8, 0, 0, 0, 0));
        Refused(Chunk(5, -1, 8, 0, 0, 0, 0));
        Refused(Chunk(5, 7, 8, 0, 1, 0, 0));
        Refused(Chunk(5, 7, 8, 0, 0, 1, 0));
        Refused(Chunk(5, 7, 8, 0, 0, 0, 2));
        Refused(Chunk(5, 7, 8, 0, 0, 0));
        Refused(Chunk(5, 7, 8, 0, 0, 0, 0, 0));
    }

    [Fact]
    public void AnImageHasAtMostAQuarterOfABillionPixels()
    {
        Assert.Equal(1 << 14, PngHeader.Read(Chunk(1 << 14, 1 << 14, 1, 0, 0, 0, 0)).Width);
        Assert.Contains(
            "16384 x 16385 pixels; up to 268435456 are decoded",
            Assert.Throws<CnnException>(() => PngHeader.Read(Chunk(1 << 14, (1 << 14) + 1, 1, 0, 0, 0, 0))).Message);
    }

    [Theory]
    [InlineData(0, 1, 1, 1, 2)]
    [InlineData(0, 16, 1, 2, 18)]
    [InlineData(3, 4, 1, 1, 5)]
    [InlineData(4, 8, 2, 2, 18)]
    [InlineData(2, 8, 3, 3, 27)]
    [InlineData(2, 16, 3, 6, 54)]
    [InlineData(6, 16, 4, 8, 72)]
    public void NinePixelsOfARowHaveWholeBytes(byte color, byte depth, int samples, int distance, int bytes)
    {
        PngHeader header = PngHeader.Read(Chunk(9, 1, depth, color, 0, 0, 0));

        Assert.Equal((samples, distance, bytes), (header.Samples, header.FilterDistance, header.RowBytes(9)));
    }

    private static void Refused(byte[] chunk) => Assert.Contains(
        "the PNG image is damaged", Assert.Throws<CnnException>(() => PngHeader.Read(chunk)).Message);

    private static byte[] Chunk(int width, int height, params byte[] rest) =>
    [
        .. BitConverter.GetBytes(width).Reverse(), .. BitConverter.GetBytes(height).Reverse(), .. rest,
    ];
}
