using System.Buffers.Binary;

namespace Cnn.Proto.Formats.Images;

/// <summary>What a PNG file says of its pixels before the first of them: IHDR, and whether there is a tRNS.</summary>
internal readonly record struct PngHeader(int Height, int Width, int Depth, PngColor Color, bool HasTransparency)
{
    /// <summary>The channels as OpenCV's unchanged mode gives them: grey with alpha has four.</summary>
    public int StoredChannels => Color switch
    {
        PngColor.Grey => 1,
        PngColor.GreyAlpha or PngColor.ColourAlpha => 4,
        _ => HasTransparency ? 4 : 3,
    };

    /// <summary>Reads the header.</summary>
    /// <exception cref="CnnException">It is damaged.</exception>
    public static PngHeader Read(ReadOnlySpan<byte> file) =>
        TryRead(file, out PngHeader header) ? header : throw ImageMessages.Damaged(ImageFormat.Png);

    /// <summary>Reads the header, if it is one.</summary>
    public static bool TryRead(ReadOnlySpan<byte> file, out PngHeader header)
    {
        header = default;
        if (file.Length < 33 || !file.Slice(12, 4).SequenceEqual("IHDR"u8))
        {
            return false;
        }

        header = new PngHeader(
            BinaryPrimitives.ReadInt32BigEndian(file[20..]), BinaryPrimitives.ReadInt32BigEndian(file[16..]), file[24],
            (PngColor)file[25], FindsTransparency(file[33..]));
        return true;
    }

    private static bool FindsTransparency(ReadOnlySpan<byte> chunks)
    {
        while (chunks.Length >= 12)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(chunks);
            ReadOnlySpan<byte> type = chunks.Slice(4, 4);
            if (type.SequenceEqual("tRNS"u8))
            {
                return true;
            }

            if (type.SequenceEqual("IDAT"u8) || length > chunks.Length - 12)
            {
                return false;
            }

            chunks = chunks[((int)length + 12)..];
        }

        return false;
    }
}
