using static Cnn.Proto.Formats.LevelDb.LevelDbFormat;

namespace Cnn.Proto.Formats.LevelDb;

/// <summary>
/// Reads the records of a log, in order and with their checksums verified. A record that the end of the file cuts off
/// is ignored, as LevelDB does: the program that wrote it ended meanwhile.
/// </summary>
internal sealed class LevelDbLog(FileMap map)
{
    private long position;

    /// <summary>Moves to the next record.</summary>
    /// <param name="record">Its text.</param>
    /// <returns>False at the end of the log.</returns>
    /// <exception cref="CnnException">The log is damaged.</exception>
    public bool Next(out LevelDbLogText record)
    {
        long start = -1, length = 0;
        record = default;
        while (true)
        {
            // A block's last bytes are zeros where no header fits.
            int left = LogBlock - (int)(position % LogBlock);
            if (left < LogHeader)
            {
                position += left;
                continue;
            }

            if (map.Length - position < LogHeader)
            {
                return false;
            }

            ReadOnlySpan<byte> header = map.Span(position, LogHeader);
            int size = U16(header[4..]);
            byte type = header[6];
            if (type == Zeros && size == 0)
            {
                // Room that was set aside for records to come.
                start = -1;
                position += left;
                continue;
            }

            if (size > Math.Min(left, map.Length - position) - LogHeader)
            {
                return map.Length - position < left
                    ? false
                    : throw map.Error($"the record at byte {position} has {size} bytes, more than its block");
            }

            if (Checksum(map.Span(position + LogHeader - 1, size + 1)) != U32(header))
            {
                throw map.Error($"the record at byte {position} has the wrong checksum");
            }

            Check(type, start >= 0 && length > 0, start >= 0, size == left - LogHeader);
            (start, length) = type is Full or First ? (position + LogHeader, size) : (start, length + size);
            position += LogHeader + size;
            if (type is Full or Last)
            {
                record = new LevelDbLogText(map, start, length);
                return true;
            }
        }
    }

    private void Check(byte type, bool isWithin, bool hasStart, bool endsBlock)
    {
        string? problem = type switch
        {
            Full or First when isWithin => "starts within another one",
            Middle or Last when !hasStart => "has no start",
            First or Middle when !endsBlock => "goes on before its block is full",
            > Last or Zeros => $"has the unknown type {type}",
            _ => null,
        };
        if (problem is not null)
        {
            throw map.Error($"the record at byte {position} {problem}");
        }
    }
}
