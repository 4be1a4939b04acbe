using System.Buffers.Binary;
using Cnn.Proto.Formats.Images;

namespace Cnn.Proto.Formats.Jpeg;

/// <summary>
/// Finds the orientation in an EXIF segment: a TIFF header, then a directory with twelve bytes an entry, of which tag
/// 0x0112 tells it.
/// </summary>
internal static class ExifOrientation
{
    private const int Tag = 0x0112, EntrySize = 12;

    /// <summary>Reads the content of an APP1 segment; what is not of the format says nothing.</summary>
    public static ImageOrientation OfSegment(ReadOnlySpan<byte> segment) =>
        segment.Length > 6 ? OfTiff(segment[6..]) : ImageOrientation.Upright;

    /// <summary>Reads EXIF from its TIFF header on; what is not of the format says nothing.</summary>
    public static ImageOrientation OfTiff(ReadOnlySpan<byte> tiff)
    {
        bool little = tiff.StartsWith("II"u8);
        if (tiff.Length < 8 || (!little && !tiff.StartsWith("MM"u8)) || Short(tiff, 2, little) != 42)
        {
            return ImageOrientation.Upright;
        }

        uint start = little
            ? BinaryPrimitives.ReadUInt32LittleEndian(tiff[4..])
            : BinaryPrimitives.ReadUInt32BigEndian(tiff[4..]);
        if (start + 2L > tiff.Length)
        {
            return ImageOrientation.Upright;
        }

        int count = Short(tiff, (int)start, little);
        for (int i = 0, at = (int)start + 2; i < count && at + EntrySize <= tiff.Length; i++, at += EntrySize)
        {
            if (Short(tiff, at, little) == Tag)
            {
                int value = Short(tiff, at + 8, little);
                return value is >= 1 and <= 8 ? (ImageOrientation)value : ImageOrientation.Upright;
            }
        }

        return ImageOrientation.Upright;
    }

    private static int Short(ReadOnlySpan<byte> tiff, int at, bool little) => little
        ? BinaryPrimitives.ReadUInt16LittleEndian(tiff[at..])
        : BinaryPrimitives.ReadUInt16BigEndian(tiff[at..]);
}
