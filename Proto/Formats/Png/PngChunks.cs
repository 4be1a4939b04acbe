using System.Buffers.Binary;
using Cnn.Proto.Formats.Images;

namespace Cnn.Proto.Formats.Png;

/// <summary>
/// Goes through the chunks of a PNG file: length, type, content and, for those that other chunks depend on, a checksum
/// that is verified. That of the pixels is left to their own, zlib's.
/// </summary>
internal ref struct PngChunks(ReadOnlySpan<byte> file)
{
    private const int Signature = 8, Around = 12;

    private ReadOnlySpan<byte> left = file[Signature..];

    /// <summary>The type of the current chunk.</summary>
    public ReadOnlySpan<byte> Type { get; private set; }

    /// <summary>The content of the current chunk.</summary>
    public ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>Goes to the next chunk.</summary>
    /// <returns>Whether there is one; false at the chunk that ends the image.</returns>
    /// <exception cref="CnnException">It is damaged or the file ends.</exception>
    public bool Next()
    {
        if (left.Length < Around)
        {
            throw ImageMessages.EndsEarly(ImageFormat.Png);
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(left);
        if (length > left.Length - Around)
        {
            throw ImageMessages.EndsEarly(ImageFormat.Png);
        }

        Type = left.Slice(4, 4);
        Content = left.Slice(8, (int)length);
        if (!Is("IDAT"u8))
        {
            uint checksum = BinaryPrimitives.ReadUInt32BigEndian(left[(8 + (int)length)..]);
            bool isCritical = (Type[0] & 0x20) == 0;
            if (Crc32.Of(left.Slice(4, (int)length + 4)) != checksum)
            {
                if (isCritical)
                {
                    throw ImageMessages.Damaged(ImageFormat.Png);
                }

                // As libpng, which leaves out such chunks if they are optional.
                Type = default;
            }
        }

        left = left[((int)length + Around)..];
        return !Is("IEND"u8);
    }

    /// <summary>Returns whether the current chunk has a type.</summary>
    public readonly bool Is(ReadOnlySpan<byte> type) => Type.SequenceEqual(type);
}
