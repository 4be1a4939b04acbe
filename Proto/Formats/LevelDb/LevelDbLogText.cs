using static Cnn.Proto.Formats.LevelDb.LevelDbFormat;

namespace Cnn.Proto.Formats.LevelDb;

/// <summary>
/// The text of a record of a log, from some place on: it steps over the headers at the starts of blocks, as which a
/// record in several fragments goes on.
/// </summary>
/// <param name="map">The log.</param>
/// <param name="start">Where the text starts in the file.</param>
/// <param name="length">Its length, headers not counted.</param>
internal struct LevelDbLogText(FileMap map, long start, long length)
{
    /// <summary>The place in the file.</summary>
    public long Position { get; private set; } = start;

    /// <summary>The number of bytes from there on, headers not counted.</summary>
    public long Left { get; private set; } = length;

    /// <summary>Reads a varint that counts bytes or the like; returns false where it is missing or too large.</summary>
    public bool TryLength(out int value)
    {
        ulong read = 0;
        value = 0;
        for (int shift = 0; shift < 64 && Piece(1) is [byte b]; shift += 7)
        {
            read |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                value = (int)Math.Min(read, int.MaxValue);
                return read <= int.MaxValue;
            }
        }

        return false;
    }

    /// <summary>Reads one byte; returns false at the end.</summary>
    public bool TryByte(out byte value)
    {
        ReadOnlySpan<byte> piece = Piece(1);
        value = piece.IsEmpty ? (byte)0 : piece[0];
        return !piece.IsEmpty;
    }

    /// <summary>Moves on; returns false when fewer bytes are left.</summary>
    public bool TrySkip(int count)
    {
        while (count > 0)
        {
            int piece = Piece(count).Length;
            if (piece == 0)
            {
                return false;
            }

            count -= piece;
        }

        return true;
    }

    /// <summary>Reads bytes into room; returns false when fewer are left.</summary>
    public bool TryRead(Span<byte> room)
    {
        while (!room.IsEmpty)
        {
            ReadOnlySpan<byte> piece = Piece(room.Length);
            if (piece.IsEmpty)
            {
                return false;
            }

            piece.CopyTo(room);
            room = room[piece.Length..];
        }

        return true;
    }

    /// <summary>Returns the next bytes, as many of those asked for as lie in one block; none at the end.</summary>
    public ReadOnlySpan<byte> Piece(int most)
    {
        if (Position % LogBlock == 0)
        {
            Position += LogHeader;
        }

        long here = Math.Min(Math.Min(most, Left), LogBlock - (Position % LogBlock));
        here = Math.Clamp(map.Length - Position, 0, here);
        ReadOnlySpan<byte> piece = here == 0 ? [] : map.Span(Position, (int)here);
        Position += here;
        Left -= here;
        return piece;
    }
}
