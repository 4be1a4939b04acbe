namespace Cnn.Proto.Formats.Jpeg;

/// <summary>
/// Takes the entropy-coded data of a scan apart: from marker to marker, without the zeros that are stuffed behind each
/// byte of 0xFF. What reads them needs neither to look for markers nor for the end.
/// </summary>
internal sealed unsafe class EntropySegments
{
    // The bytes behind the data: see BitReader.
    private const int Padding = 1024;

    private readonly PinnedBuffer<byte> buffer = new();
    private int restart;

    /// <summary>Where the next marker is in the file.</summary>
    public int Position { get; private set; }

    /// <summary>Returns a reader of the first segment.</summary>
    public BitReader First(ReadOnlySpan<byte> file, int position)
    {
        Position = position;
        restart = 0;
        return Read(file);
    }

    /// <summary>Returns a reader of the segment behind the next restart marker.</summary>
    /// <exception cref="CnnException">The one that was read last ends early, or the marker is not there.</exception>
    public BitReader Next(ReadOnlySpan<byte> file, in BitReader last)
    {
        RequireWithin(last);
        while (Position + 1 < file.Length && file[Position + 1] == 0xFF)
        {
            Position++;
        }

        if (Position + 1 >= file.Length)
        {
            throw JpegMessages.EndsEarly();
        }

        if (file[Position + 1] != JpegMarker.FirstRestart + restart)
        {
            throw file[Position + 1] == JpegMarker.End
                ? JpegMessages.EndsEarly()
                : JpegMessages.Damaged("a restart marker is missing");
        }

        restart = (restart + 1) & 7;
        Position += 2;
        return Read(file);
    }

    /// <summary>Requires that a reader has not read more bits than there are.</summary>
    /// <exception cref="CnnException">It has.</exception>
    public static void RequireWithin(in BitReader reader)
    {
        if (reader.IsBeyondTheEnd)
        {
            throw JpegMessages.EndsEarly();
        }
    }

    private BitReader Read(ReadOnlySpan<byte> file)
    {
        ReadOnlySpan<byte> left = file[Position..];
        buffer.Require(left.Length + Padding);
        int length = 0;
        while (true)
        {
            int end = left.IndexOf((byte)0xFF);
            ReadOnlySpan<byte> plain = end < 0 ? left : left[..end];
            plain.CopyTo(buffer.Span(buffer.Length)[length..]);
            length += plain.Length;
            left = left[plain.Length..];

            // Several bytes of 0xFF count as one.
            int run = 1;
            while (run < left.Length && left[run] == 0xFF)
            {
                run++;
            }

            if (run >= left.Length || left[run] != 0)
            {
                break;
            }

            buffer.Start[length++] = 0xFF;
            left = left[(run + 1)..];
        }

        Position = file.Length - left.Length;
        buffer.Span(buffer.Length).Slice(length, Padding).Clear();
        return new BitReader { Next = buffer.Start, End = buffer.Start + length };
    }
}
