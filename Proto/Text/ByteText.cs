using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Cnn.Proto;

/// <summary>
/// Turns the bytes of files into strings and back, without loss whatever the bytes: UTF-8, and each byte that is not
/// part of valid UTF-8 as one character of U+EF80 to U+EFFF.
/// </summary>
/// <remarks>
/// Caffe's strings are bytes in any encoding; a string in C# is UTF-16. The private-use range stands for the bytes 0x80
/// to 0xFF (U+EFD6 for 0xD6), as in MirBSD's OPTU encodings. Unlike lone surrogates, which other languages use for
/// this, these characters are valid Unicode, so the protobuf and YAML libraries pass them on. Characters of the range
/// that a file really contains are represented in the same way, as the three bytes of their UTF-8. So
/// <c>Encode(Decode(bytes))</c> is <c>bytes</c> for all bytes.
/// </remarks>
public static class ByteText
{
    private const char First = '\uEF80';
    private const char Last = '\uEFFF';
    private const int Offset = 0xEF00;

    /// <summary>Returns the string for some bytes.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (IsPlain(bytes))
        {
            return Encoding.UTF8.GetString(bytes);
        }

        // No byte makes more than one character.
        char[] rented = ArrayPool<char>.Shared.Rent(bytes.Length);
        try
        {
            return new string(rented, 0, Decode(bytes, rented));
        }
        finally
        {
            ArrayPool<char>.Shared.Return(rented);
        }
    }

    /// <summary>Returns the bytes that a string stands for.</summary>
    public static byte[] Encode(string text)
    {
        if (!HoldsBytes(text))
        {
            return Encoding.UTF8.GetBytes(text);
        }

        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        return bytes[..Encode(text, bytes)];
    }

    /// <summary>Writes the bytes that some characters stand for.</summary>
    /// <param name="text">The characters; no half of a surrogate pair at either end.</param>
    /// <param name="bytes">Receives the bytes; it must hold three for each character.</param>
    /// <returns>How many bytes were written.</returns>
    public static int Encode(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        int written = 0;
        while (!text.IsEmpty)
        {
            int plain = text.IndexOfAnyInRange(First, Last);
            ReadOnlySpan<char> run = plain < 0 ? text : text[..plain];
            written += Encoding.UTF8.GetBytes(run, bytes[written..]);
            text = text[run.Length..];
            if (!text.IsEmpty)
            {
                bytes[written++] = (byte)(text[0] - Offset);
                text = text[1..];
            }
        }

        return written;
    }

    /// <summary>
    /// Returns the string as it is read from a file: UTF-8 that is written byte by byte becomes its text.
    /// </summary>
    public static string Normal(string text) => HoldsBytes(text) ? Decode(Encode(text)) : text;

    /// <summary>Whether a string holds bytes that are not UTF-8.</summary>
    public static bool HoldsBytes(ReadOnlySpan<char> text) => text.ContainsAnyInRange(First, Last);

    /// <summary>Returns the string for display, with U+FFFD in the place of each byte that is not UTF-8.</summary>
    public static string Readable(string text) =>
        !HoldsBytes(text) ? text : string.Create(text.Length, text, static (shown, from) =>
        {
            for (int i = 0; i < shown.Length; i++)
            {
                shown[i] = IsByte(from[i]) ? '\uFFFD' : from[i];
            }
        });

    /// <summary>Whether a character stands for a byte.</summary>
    internal static bool IsByte(char c) => c is >= First and <= Last;

    /// <summary>Returns the byte that a character stands for.</summary>
    internal static byte ByteOf(char c) => (byte)(c - Offset);

    /// <summary>Whether some bytes are valid UTF-8 without characters that stand for bytes.</summary>
    internal static bool IsPlain(ReadOnlySpan<byte> bytes)
    {
        if (!Utf8.IsValid(bytes))
        {
            return false;
        }

        // U+EF80 to U+EFBF begin with EE BE, U+EFC0 to U+EFFF with EE BF.
        for (int i; (i = bytes.IndexOf((byte)0xEE)) >= 0; bytes = bytes[(i + 3)..])
        {
            if (bytes[i + 1] is 0xBE or 0xBF)
            {
                return false;
            }
        }

        return true;
    }

    private static int Decode(ReadOnlySpan<byte> bytes, Span<char> text)
    {
        int written = 0;
        while (!bytes.IsEmpty)
        {
            int ascii = bytes.IndexOfAnyInRange((byte)0x80, (byte)0xFF);
            ReadOnlySpan<byte> run = ascii < 0 ? bytes : bytes[..ascii];
            written += Encoding.ASCII.GetChars(run, text[written..]);
            bytes = bytes[run.Length..];
            if (bytes.IsEmpty)
            {
                break;
            }

            if (Rune.DecodeFromUtf8(bytes, out Rune rune, out int used) == OperationStatus.Done
                && !(rune.IsBmp && IsByte((char)rune.Value)))
            {
                written += rune.EncodeToUtf16(text[written..]);
                bytes = bytes[used..];
            }
            else
            {
                text[written++] = (char)(Offset + bytes[0]);
                bytes = bytes[1..];
            }
        }

        return written;
    }
}
