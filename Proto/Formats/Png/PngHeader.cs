using System.Buffers.Binary;
using Cnn.Proto.Formats.Images;

namespace Cnn.Proto.Formats.Png;

/// <summary>The content of an IHDR chunk; PNG specification, 11.2.2.</summary>
internal readonly record struct PngHeader(int Height, int Width, int Depth, PngColor Color, bool IsInterlaced)
{
    /// <summary>The samples of a pixel.</summary>
    public int Samples => Color switch
    {
        PngColor.Grey or PngColor.Palette => 1,
        PngColor.GreyAlpha => 2,
        PngColor.Colour => 3,
        _ => 4,
    };

    /// <summary>The distance of bytes that filters compare.</summary>
    public int FilterDistance => Math.Max(1, Samples * Depth / 8);

    /// <summary>The bytes of some pixels in a row.</summary>
    public int RowBytes(int pixels) => (int)((((long)pixels * Samples * Depth) + 7) / 8);

    /// <summary>Reads the chunk.</summary>
    /// <exception cref="CnnException">It holds values that the format does not have.</exception>
    public static PngHeader Read(ReadOnlySpan<byte> chunk)
    {
        if (chunk.Length != 13)
        {
            throw ImageMessages.Damaged(ImageFormat.Png);
        }

        int width = BinaryPrimitives.ReadInt32BigEndian(chunk);
        int height = BinaryPrimitives.ReadInt32BigEndian(chunk[4..]);
        var header = new PngHeader(height, width, chunk[8], (PngColor)chunk[9], chunk[12] == 1);
        bool isKnown = header.Color switch
        {
            PngColor.Grey => header.Depth is 1 or 2 or 4 or 8 or 16,
            PngColor.Palette => header.Depth is 1 or 2 or 4 or 8,
            PngColor.Colour or PngColor.GreyAlpha or PngColor.ColourAlpha => header.Depth is 8 or 16,
            _ => false,
        };
        if (!isKnown || width <= 0 || height <= 0 || chunk[10] != 0 || chunk[11] != 0 || chunk[12] > 1)
        {
            throw ImageMessages.Damaged(ImageFormat.Png);
        }

        return ImageLimits.Allow(height, width) ? header : throw ImageMessages.TooLarge(width, height);
    }
}
