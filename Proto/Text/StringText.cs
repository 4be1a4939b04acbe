using System.Buffers;
using System.Globalization;
using System.Text;

namespace Cnn.Proto;

/// <summary>Converts quoted strings of the text format to and from the bytes that they stand for.</summary>
internal static class StringText
{
    /// <summary>Appends the bytes that the inside of a quoted string stands for.</summary>
    /// <returns>Null, or what is wrong and at which character of the inside.</returns>
    public static (string Message, int At)? Unescape(ReadOnlySpan<char> inside, List<byte> bytes)
    {
        Span<byte> utf8 = stackalloc byte[4];
        for (int i = 0; i < inside.Length; i++)
        {
            if (char.IsAscii(inside[i]) && inside[i] != '\\')
            {
                bytes.Add((byte)inside[i]);
                continue;
            }

            if (ByteText.IsByte(inside[i]))
            {
                bytes.Add(ByteText.ByteOf(inside[i]));
                continue;
            }

            if (inside[i] != '\\')
            {
                if (Rune.DecodeFromUtf16(inside[i..], out Rune rune, out int used) != OperationStatus.Done)
                {
                    return ("half of a surrogate pair", i);
                }

                bytes.AddRange(utf8[..rune.EncodeToUtf8(utf8)]);
                i += used - 1;
                continue;
            }

            int start = i++;
            if (i >= inside.Length)
            {
                return ("an escape without its character", start);
            }

            if (!Escape(inside, ref i, bytes))
            {
                return ($"unknown or incomplete escape '\\{inside[Math.Min(i, inside.Length - 1)]}'", start);
            }
        }

        return null;
    }

    /// <summary>Prints bytes as a quoted string.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="isText">
    /// Whether bytes beyond ASCII are text, in whatever encoding, and are kept except for control characters; otherwise
    /// they are escaped.
    /// </param>
    public static string Quote(ReadOnlySpan<byte> bytes, bool isText)
    {
        var quoted = new StringBuilder("\"");
        while (bytes.Length > 0)
        {
            int used = 1;
            byte b = bytes[0];
            if (b is (byte)'"' or (byte)'\\')
            {
                quoted.Append('\\').Append((char)b);
            }
            else if (b is (byte)'\n' or (byte)'\t' or (byte)'\r')
            {
                quoted.Append('\\').Append(b == '\n' ? 'n' : b == '\t' ? 't' : 'r');
            }
            else if (b is >= 0x20 and < 0x7F)
            {
                quoted.Append((char)b);
            }
            else if (isText && b >= 0x80 && !IsControl(bytes, out used))
            {
                quoted.Append(ByteText.Decode(bytes[..used]));
            }
            else
            {
                used = 1;
                quoted.Append('\\').Append(Convert.ToString(b, 8).PadLeft(3, '0'));
            }

            bytes = bytes[used..];
        }

        return quoted.Append('"').ToString();
    }

    private static bool IsControl(ReadOnlySpan<byte> bytes, out int used)
    {
        if (Rune.DecodeFromUtf8(bytes, out Rune rune, out used) == OperationStatus.Done)
        {
            return Rune.IsControl(rune);
        }

        used = 1;
        return false;
    }

    private static bool Escape(ReadOnlySpan<char> inside, ref int i, List<byte> bytes)
    {
        char c = inside[i];
        int simple = "abfnrtv\\'\"?".IndexOf(c);
        if (simple >= 0)
        {
            bytes.Add((byte)"\a\b\f\n\r\t\v\\'\"?"[simple]);
            return true;
        }

        if (c is >= '0' and <= '7')
        {
            int value = 0, end = Math.Min(inside.Length, i + 3);
            for (; i < end && inside[i] is >= '0' and <= '7'; i++)
            {
                value = (value * 8) + (inside[i] - '0');
            }

            i--;
            bytes.Add((byte)value);
            return value <= byte.MaxValue;
        }

        int digits = c switch { 'x' or 'X' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        int from = i + 1, to = from;
        while (to < inside.Length && to - from < digits && char.IsAsciiHexDigit(inside[to]))
        {
            to++;
        }

        bool isComplete = c is 'x' or 'X' ? to > from : to - from == digits;
        if (digits == 0 || !isComplete
            || !uint.TryParse(
                inside[from..to], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint code))
        {
            return false;
        }

        i = to - 1;
        if (digits == 2)
        {
            bytes.Add((byte)code);
            return true;
        }

        if (!Rune.TryCreate(code, out Rune rune))
        {
            return false;
        }

        Span<byte> utf8 = stackalloc byte[4];
        bytes.AddRange(utf8[..rune.EncodeToUtf8(utf8)]);
        return true;
    }
}
