using Microsoft.Win32.SafeHandles;

namespace Cnn.Proto.Formats.Wire;

/// <summary>
/// Walks the protobuf wire format of a file without reading what it skips, so that arrays of any size can stay in the
/// file until they are wanted.
/// </summary>
/// <param name="file">The file.</param>
/// <param name="path">Its name, for errors.</param>
internal sealed class WireReader(SafeFileHandle file, string path)
{
    private readonly byte[] buffer = new byte[1 << 16];
    private long bufferStart;
    private int bufferLength;

    /// <summary>Where the next byte is read.</summary>
    public long Position { get; private set; }

    /// <summary>The end of the file.</summary>
    public long Length { get; } = RandomAccess.GetLength(file);

    /// <summary>The next field's number and wire type.</summary>
    public (int Field, int WireType) ReadTag()
    {
        ulong tag = ReadVarint();
        return tag is >= 8 and <= uint.MaxValue
            ? ((int)(tag >> 3), (int)(tag & 7))
            : throw Damaged("a field has an impossible number");
    }

    /// <summary>A variable-length integer.</summary>
    public ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            byte b = ReadByte();
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }

        throw Damaged("a number does not end");
    }

    /// <summary>The end of a field that starts with its length, which has to lie within <paramref name="limit"/>.</summary>
    public long ReadEnd(long limit)
    {
        ulong length = ReadVarint();
        return length <= (ulong)(limit - Position)
            ? Position + (long)length
            : throw Damaged($"a field is {length} bytes long where {limit - Position} are left");
    }

    /// <summary>The bytes up to a place.</summary>
    /// <param name="end">The place.</param>
    /// <param name="most">How many are believed.</param>
    public byte[] ReadBytes(long end, int most = 1 << 24)
    {
        if (end - Position > most)
        {
            throw Damaged($"a field of {end - Position} bytes is longer than any real one");
        }

        var bytes = new byte[end - Position];
        ReadAt(file, path, Position, bytes);
        Position = end;
        return bytes;
    }

    /// <summary>Four bytes, as they are.</summary>
    public uint ReadFixed32()
    {
        uint value = 0;
        for (int i = 0; i < 32; i += 8)
        {
            value |= (uint)ReadByte() << i;
        }

        return value;
    }

    /// <summary>Passes over a field.</summary>
    public void Skip(int wireType, long limit)
    {
        switch (wireType)
        {
            case 0:
                ReadVarint();
                break;
            case 1:
                Jump(Position + 8, limit);
                break;
            case 2:
                Jump(ReadEnd(limit), limit);
                break;
            case 5:
                Jump(Position + 4, limit);
                break;
            default:
                throw Damaged($"a field has wire type {wireType}, which no file of ours or Caffe's uses");
        }
    }

    /// <summary>Goes on at a place.</summary>
    public void Jump(long to, long limit) =>
        Position = to <= limit ? to : throw Damaged("a field goes on where the one around it has ended");

    /// <summary>Reads little-endian floats from a place of a file.</summary>
    public static void ReadAt(SafeFileHandle file, string path, long offset, Span<byte> to)
    {
        try
        {
            while (to.Length > 0)
            {
                int read = RandomAccess.Read(file, to, offset);
                if (read == 0)
                {
                    throw new CnnException($"{path}: has become shorter while it was read");
                }

                offset += read;
                to = to[read..];
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.From(path, "read", exception)!;
        }
    }

    /// <summary>An error at the place reached.</summary>
    public CnnException Damaged(string what) => new($"{path}: is damaged at byte {Position}: {what}");

    private byte ReadByte()
    {
        if (Position >= Length)
        {
            throw Damaged("the file ends within a field");
        }

        if (Position < bufferStart || Position >= bufferStart + bufferLength)
        {
            bufferStart = Position;
            bufferLength = (int)Math.Min(buffer.Length, Length - Position);
            ReadAt(file, path, Position, buffer.AsSpan(0, bufferLength));
        }

        return buffer[Position++ - bufferStart];
    }
}
