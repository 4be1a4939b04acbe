namespace Cnn.Campaigns.Fuzz.Mutations;

/// <summary>
/// Damages of protocol buffers on the wire, which no message can be made to have: fields with the wrong type, lengths
/// that are not those of their content, numbers that are too long, nesting without end.
/// </summary>
internal static class WireMutations
{
    private const int MostFields = 4096, DeepestNesting = 3000;

    /// <summary>Damages a message once.</summary>
    public static byte[] Apply(byte[] bytes, Random random)
    {
        List<Field> fields = Fields(bytes);
        if (fields.Count == 0)
        {
            return bytes;
        }

        Field field = fields[random.Next(fields.Count)], second = fields[random.Next(fields.Count)];
        ReadOnlySpan<byte> before = bytes.AsSpan(0, field.Start),
            whole = bytes.AsSpan(field.Start, field.End - field.Start);
        ReadOnlySpan<byte> after = bytes.AsSpan(field.End),
            content = bytes.AsSpan(field.Content, field.End - field.Content);
        ReadOnlySpan<byte> tag = bytes.AsSpan(field.Start, field.TagEnd - field.Start);
        switch (random.Next(8))
        {
            case 0:
                return [.. before, .. after];
            case 1:
                return [.. before, .. whole, .. whole, .. after];
            case 2:
                return [.. before, .. bytes.AsSpan(second.Start, second.End - second.Start), .. after];
            case 3:
                byte[] type = tag.ToArray();
                type[0] = (byte)((type[0] & ~7) | random.Next(8));
                return [.. before, .. type, .. bytes.AsSpan(field.TagEnd)];
            case 4 when field.IsLength:
                return [.. before, .. tag, .. Varint((ulong)ByteMutations.Boundary(random)), .. content, .. after];
            case 5 when field.IsLength && random.Next(8) == 0:
                return Nested(before, tag, content, after, random);
            case 6:
                return [.. before, .. Varint((ulong)random.Next(1, 20000) << 3 | (uint)(tag[0] & 7)),
                    .. bytes.AsSpan(field.TagEnd)];
            default:
                byte[] number = Varint((ulong)ByteMutations.Boundary(random));
                return field.IsLength ? [.. before, .. tag, .. Varint((ulong)number.Length), .. number, .. after]
                    : [.. before, .. tag, .. number, .. after];
        }
    }

    /// <summary>Returns a number as the format stores it.</summary>
    public static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        return [.. bytes, (byte)value];
    }

    private static byte[] Nested(
        ReadOnlySpan<byte> before, ReadOnlySpan<byte> tag, ReadOnlySpan<byte> content, ReadOnlySpan<byte> after,
            Random random)
    {
        byte[] inner = content.ToArray();
        for (int depth = random.Next(2, DeepestNesting); depth > 0 && inner.Length < 1 << 13; depth--)
        {
            inner = [.. tag, .. Varint((ulong)inner.Length), .. inner];
        }

        return [.. before, .. tag, .. Varint((ulong)inner.Length), .. inner, .. after];
    }

    // The fields of the message, and of what looks like messages within it.
    private static List<Field> Fields(byte[] bytes)
    {
        var found = new List<Field>();
        Collect(bytes, 0, bytes.Length, found, 0);
        return found;
    }

    private static bool Collect(byte[] bytes, int start, int end, List<Field> found, int depth)
    {
        int first = found.Count;
        for (int at = start; at < end && found.Count < MostFields;)
        {
            if (ReadField(bytes, ref at, end) is not { } field)
            {
                found.RemoveRange(first, found.Count - first);
                return false;
            }

            found.Add(field);
            if (field.IsLength && depth < 12)
            {
                Collect(bytes, field.Content, field.End, found, depth + 1);
            }
        }

        return true;
    }

    private static Field? ReadField(byte[] bytes, ref int at, int end)
    {
        int start = at;
        if (!TryVarint(bytes, ref at, end, out ulong tag) || tag < 8)
        {
            return null;
        }

        int tagEnd = at, content = at;
        ulong length = 0;
        switch (tag & 7)
        {
            case 0 when TryVarint(bytes, ref at, end, out _):
                return new Field(start, tagEnd, content, at, false);
            case 1 or 5:
                at += (tag & 7) == 1 ? 8 : 4;
                return at <= end ? new Field(start, tagEnd, content, at, false) : null;
            case 2 when TryVarint(bytes, ref at, end, out length) && length <= (ulong)(end - at):
                content = at;
                at += (int)length;
                return new Field(start, tagEnd, content, at, true);
            case 3 or 4:
                return new Field(start, tagEnd, content, at, false);
            default:
                return null;
        }
    }

    private static bool TryVarint(byte[] bytes, ref int at, int end, out ulong value)
    {
        value = 0;
        for (int shift = 0; shift < 64 && at < end; shift += 7)
        {
            byte b = bytes[at++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return true;
            }
        }

        return false;
    }

    private readonly record struct Field(int Start, int TagEnd, int Content, int End, bool IsLength);
}
