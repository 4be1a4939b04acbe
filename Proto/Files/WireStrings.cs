using Google.Protobuf.Reflection;

namespace Cnn.Proto;

/// <summary>
/// Changes the strings of a message in the wire format, and adjusts the lengths of the messages around them.
/// </summary>
internal sealed class WireStrings
{
    private const int MaxDepth = 100;

    private readonly byte[] bytes;
    private readonly Change change;
    private readonly List<Edit> edits = [];
    private int position;
    private bool isDamaged;

    private WireStrings(byte[] bytes, Change change)
    {
        this.bytes = bytes;
        this.change = change;
    }

    /// <summary>Returns a string's new bytes; null to leave it unchanged.</summary>
    public delegate byte[]? Change(ReadOnlySpan<byte> text);

    /// <summary>
    /// Returns the message with its strings changed: the same array when none changes, or when the bytes are not a
    /// valid message, which their parser reports. Takes time linear in the number of fields.
    /// </summary>
    /// <exception cref="CnnException">The changed message is larger than an array can be.</exception>
    public static byte[] Rewrite(byte[] bytes, MessageDescriptor type, Change change)
    {
        var strings = new WireStrings(bytes, change);
        long growth = strings.Message(type, bytes.Length, 0);
        return strings.isDamaged || strings.edits.Count == 0 ? bytes : strings.Apply(growth);
    }

    /// <summary>Collects the edits within a message.</summary>
    /// <returns>How many bytes longer it becomes.</returns>
    private long Message(MessageDescriptor type, int end, int depth)
    {
        long growth = 0;
        ulong known = 0;
        FieldDescriptor? field = null;
        while (position < end && !isDamaged)
        {
            // Numbers that are not packed have a tag each, so the same field occurs many times.
            ulong tag = Varint(end);
            if (tag != known)
            {
                known = tag;
                field = tag >> 3 <= int.MaxValue ? type.FindFieldByNumber((int)(tag >> 3)) : null;
            }

            if ((tag & 7) == 2 && !isDamaged)
            {
                growth += Delimited(field, end, depth);
            }
            else
            {
                Skip((int)(tag & 7), end);
            }
        }

        return growth;
    }

    private long Delimited(FieldDescriptor? field, int end, int depth)
    {
        int lengthAt = position;
        ulong length = Varint(end);
        if (length > (ulong)(end - position))
        {
            isDamaged = true;
            return 0;
        }

        int start = position, last = start + (int)length, edit = edits.Count;
        byte[]? text = null;
        long growth = 0;
        if (field?.FieldType == FieldType.String)
        {
            text = change(bytes.AsSpan(start, (int)length));
            growth = text is null ? 0 : text.Length - (long)length;
        }
        else if (field?.FieldType == FieldType.Message && depth < MaxDepth)
        {
            edits.Add(default);
            growth = Message(field.MessageType, last, depth + 1);
        }

        position = last;
        bool isChanged = text is not null || edits.Count > edit + 1;
        if (!isChanged)
        {
            edits.RemoveRange(edit, edits.Count - edit);
            return 0;
        }

        byte[] newLength = Varint((ulong)((long)length + growth));
        var header = new Edit(lengthAt, start - lengthAt, newLength);
        if (text is null)
        {
            edits[edit] = header;
        }
        else
        {
            edits.Add(header);
            edits.Add(new Edit(start, (int)length, text));
        }

        return growth + newLength.Length - (start - lengthAt);
    }

    // A group ends with its own tag; nested groups are counted.
    private void Skip(int wireType, int end)
    {
        for (int open = 0; !isDamaged; wireType = (int)(Varint(end) & 7))
        {
            switch (wireType)
            {
                case 0:
                    Varint(end);
                    break;
                case 1:
                    Jump(8, end);
                    break;
                case 2:
                    Jump(Varint(end), end);
                    break;
                case 3:
                    open++;
                    break;
                case 4:
                    open--;
                    break;
                case 5:
                    Jump(4, end);
                    break;
                default:
                    isDamaged = true;
                    break;
            }

            if (open <= 0)
            {
                isDamaged |= open < 0;
                return;
            }
        }
    }

    private void Jump(ulong count, int end)
    {
        isDamaged |= count > (ulong)(end - position);
        position = isDamaged ? end : position + (int)count;
    }

    private ulong Varint(int end)
    {
        ulong value = 0;
        for (int shift = 0; shift < 70 && position < end; shift += 7)
        {
            byte b = bytes[position++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }

        isDamaged = true;
        return 0;
    }

    private static byte[] Varint(ulong value)
    {
        var digits = new List<byte>(5);
        for (; value >= 0x80; value >>= 7)
        {
            digits.Add((byte)(value | 0x80));
        }

        return [.. digits, (byte)value];
    }

    private byte[] Apply(long growth)
    {
        long size = bytes.Length + growth;
        if (size > Array.MaxLength)
        {
            throw new CnnException($"the message takes {size} bytes, more than the {Array.MaxLength} that can be read");
        }

        var result = new byte[size];
        int from = 0, to = 0;
        foreach (Edit edit in edits)
        {
            int kept = edit.At - from;
            bytes.AsSpan(from, kept).CopyTo(result.AsSpan(to));
            edit.New.CopyTo(result, to + kept);
            to += kept + edit.New.Length;
            from = edit.At + edit.Length;
        }

        bytes.AsSpan(from).CopyTo(result.AsSpan(to));
        return result;
    }

    private readonly record struct Edit(int At, int Length, byte[] New);
}
