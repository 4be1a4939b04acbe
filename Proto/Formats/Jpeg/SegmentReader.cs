using System.Buffers.Binary;

namespace Cnn.Proto.Formats.Jpeg;

/// <summary>Reads the markers of a file, and the segments that follow some of them.</summary>
internal ref struct SegmentReader(ReadOnlySpan<byte> file, int position)
{
    private readonly ReadOnlySpan<byte> file = file;

    /// <summary>Where the next marker is looked for.</summary>
    public int Position { get; private set; } = position;

    /// <summary>
    /// Reads the next marker that has a segment, or starts or ends an image. Bytes that belong to no segment are left
    /// out, as libjpeg does.
    /// </summary>
    /// <returns>Whether there is one; false at the end of the file.</returns>
    public bool TryReadMarker(out byte marker)
    {
        do
        {
            marker = 0;
            while (marker is 0 or 0xFF)
            {
                int start = file[Position..].IndexOf((byte)0xFF);
                if (start < 0 || Position + start + 1 >= file.Length)
                {
                    Position = file.Length;
                    return false;
                }

                Position += start + 1;
                marker = file[Position];
                Position += marker == 0xFF ? 0 : 1;
            }
        }
        while (marker is JpegMarker.Temporary or (>= JpegMarker.FirstRestart and <= JpegMarker.LastRestart));

        return true;
    }

    /// <summary>Reads the content of the segment behind a marker.</summary>
    /// <exception cref="CnnException">It is not all there.</exception>
    public ReadOnlySpan<byte> ReadSegment()
    {
        ReadOnlySpan<byte> left = file[Position..];
        int length = left.Length < 2 ? throw JpegMessages.EndsEarly() : BinaryPrimitives.ReadUInt16BigEndian(left);
        if (length < 2)
        {
            throw JpegMessages.Damaged("a segment has no length");
        }

        if (length > left.Length)
        {
            throw JpegMessages.EndsEarly();
        }

        Position += length;
        return left[2..length];
    }
}
