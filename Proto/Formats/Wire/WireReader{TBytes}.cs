using System.Buffers.Binary;

namespace Cnn.Proto.Formats.Wire;

/// <summary>
/// Walks the fields of a message in protobuf's wire format. It is the only reader of tags, numbers, lengths and groups,
/// whatever holds the bytes. It allocates nothing and does not interpret the fields.
/// </summary>
internal ref struct WireReader<TBytes>
    where TBytes : IWireBytes, allows ref struct
{
    /// <summary>The greatest nesting depth of groups, as in protobuf's own readers.</summary>
    public const int MaxGroupDepth = 100;

    private const int LongestVarint = 10;

    private TBytes bytes;

    /// <summary>Makes a reader at the start of some bytes.</summary>
    public WireReader(TBytes bytes)
    {
        Limit = bytes.Length;
        this.bytes = bytes;
    }

    /// <summary>The position of the next byte to read.</summary>
    public long Position { get; private set; }

    /// <summary>The end of the message that is being walked.</summary>
    public long Limit { get; private set; }

    /// <summary>Whether the message has no more fields.</summary>
    public readonly bool IsAtEnd => Position >= Limit;

    /// <summary>Reads a field's number and the type in which its value is written.</summary>
    /// <exception cref="CnnException">There is no tag, or its number is impossible.</exception>
    public (int Field, WireType Type) ReadTag()
    {
        ulong tag = ReadVarint();
        return tag is >= 8 and <= uint.MaxValue
            ? ((int)(tag >> 3), (WireType)(tag & 7))
            : throw Damaged("a field has an impossible number");
    }

    /// <summary>Reads an integer of variable length.</summary>
    /// <exception cref="CnnException">The integer does not end, or not within the message.</exception>
    public ulong ReadVarint()
    {
        ReadOnlySpan<byte> window = Window();
        ulong value = 0;
        for (int i = 0; i < window.Length && i < LongestVarint; i++)
        {
            value |= (ulong)(window[i] & 0x7F) << (7 * i);
            if (window[i] < 0x80)
            {
                Position += i + 1;
                return value;
            }
        }

        throw window.Length < LongestVarint ? Truncated() : Damaged("a number does not end");
    }

    /// <summary>Reads four bytes, the least significant first.</summary>
    /// <exception cref="CnnException">The message has fewer.</exception>
    public uint ReadFixed32()
    {
        ReadOnlySpan<byte> window = Window();
        if (!BinaryPrimitives.TryReadUInt32LittleEndian(window, out uint value))
        {
            throw Truncated();
        }

        Position += sizeof(uint);
        return value;
    }

    /// <summary>
    /// Reads the length of a field's value and enters the value: its end is the <see cref="Limit"/> from here on.
    /// </summary>
    /// <returns>The previous limit, to be given to <see cref="Leave"/>.</returns>
    /// <exception cref="CnnException">The message has fewer bytes.</exception>
    public long Enter()
    {
        ulong length = ReadVarint();
        if (length > (ulong)(Limit - Position))
        {
            throw Damaged($"a field is {length} bytes long where {Limit - Position} are left");
        }

        long outer = Limit;
        Limit = Position + (long)length;
        return outer;
    }

    /// <summary>Goes to the end of the value that <see cref="Enter"/> entered.</summary>
    public void Leave(long outer)
    {
        Position = Limit;
        Limit = outer;
    }

    /// <summary>Reads the rest of the message without interpreting it.</summary>
    /// <param name="most">The largest plausible number of bytes.</param>
    /// <exception cref="CnnException">There are more.</exception>
    public byte[] ReadRest(int most)
    {
        long length = Limit - Position;
        if (length > most)
        {
            throw Damaged($"a field of {length} bytes is longer than any real one");
        }

        var rest = new byte[length];
        bytes.Read(Position, rest);
        Position = Limit;
        return rest;
    }

    /// <summary>Skips the value of a field, and a group with everything in it.</summary>
    /// <exception cref="CnnException">
    /// The value does not end within the message, or its type does not exist.
    /// </exception>
    public void Skip(int field, WireType type)
    {
        if (type == WireType.StartGroup)
        {
            SkipGroup(field);
        }
        else
        {
            SkipValue(type);
        }
    }

    /// <summary>Returns the error for what is wrong at the current position.</summary>
    public CnnException Damaged(string what) => bytes.Damaged(Position, what);

    private void SkipValue(WireType type)
    {
        switch (type)
        {
            case WireType.Varint:
                ReadVarint();
                break;
            case WireType.Fixed64:
                Advance(sizeof(ulong));
                break;
            case WireType.Length:
                Leave(Enter());
                break;
            case WireType.Fixed32:
                Advance(sizeof(uint));
                break;
            case WireType.EndGroup:
                throw Damaged("a group ends that has not begun");
            default:
                throw Damaged($"a field has wire type {(int)type}, which does not exist");
        }
    }

    private void SkipGroup(int field)
    {
        Span<int> open = stackalloc int[MaxGroupDepth];
        int depth = 0;
        for (open[depth++] = field; depth > 0;)
        {
            var (inner, type) = ReadTag();
            if (type == WireType.EndGroup)
            {
                if (inner != open[--depth])
                {
                    throw Damaged($"a group of field {open[depth]} ends as one of field {inner}");
                }
            }
            else if (type != WireType.StartGroup)
            {
                SkipValue(type);
            }
            else if (depth < MaxGroupDepth)
            {
                open[depth++] = inner;
            }
            else
            {
                throw Damaged($"groups are nested more than {MaxGroupDepth} deep");
            }
        }
    }

    private void Advance(int count) => Position = count <= Limit - Position ? Position + count : throw Truncated();

    private ReadOnlySpan<byte> Window()
    {
        long left = Limit - Position;
        if (left <= 0)
        {
            return [];
        }

        ReadOnlySpan<byte> window = bytes.At(Position);
        return window.Length > left ? window[..(int)left] : window;
    }

    private CnnException Truncated() => Damaged(
        Limit == bytes.Length ? "it ends within a field" : "a field goes on where the one around it has ended");
}
