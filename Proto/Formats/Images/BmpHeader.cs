using System.Buffers.Binary;

namespace Cnn.Proto.Formats.Images;

/// <summary>Tells the channels of a Windows bitmap in OpenCV's unchanged mode, which Skia does not tell.</summary>
internal static class BmpHeader
{
    private const int FileHeader = 14, OldHeader = 12;

    /// <summary>Returns 1 where a palette has greys alone, 4 for pixels of 32 bits, else 3.</summary>
    public static int StoredChannels(ReadOnlySpan<byte> file)
    {
        if (file.Length < FileHeader + 16)
        {
            return 3;
        }

        uint size = BinaryPrimitives.ReadUInt32LittleEndian(file[FileHeader..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(file[(FileHeader + (size == OldHeader ? 10 : 14))..]);
        if (bits > 8)
        {
            return bits == 32 ? 4 : 3;
        }

        int entry = size == OldHeader ? 3 : 4, colors = 1 << bits;
        if (size > 36 && file.Length >= FileHeader + 36)
        {
            uint used = BinaryPrimitives.ReadUInt32LittleEndian(file[(FileHeader + 32)..]);
            colors = used > 0 ? (int)Math.Min(used, (uint)colors) : colors;
        }

        long start = FileHeader + (long)size;
        for (int i = 0; i < colors; i++, start += entry)
        {
            if (start + entry > file.Length
                || file.Slice((int)start, 3) is not [var blue, var green, var red] || blue != green || blue != red)
            {
                return 3;
            }
        }

        return 1;
    }
}
