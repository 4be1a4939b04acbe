using System.Buffers.Binary;
using System.Text;

namespace Cnn.Proto;

/// <summary>
/// The encodings of text files besides UTF-8, identified by a byte order mark, or guessed to explain an error.
/// </summary>
/// <param name="Name">The common name.</param>
/// <param name="Encoding">Decodes the text and throws on invalid bytes; null for UTF-8.</param>
/// <param name="MarkLength">The length of its byte order mark, in bytes.</param>
internal sealed record TextEncoding(string Name, Encoding? Encoding, int MarkLength)
{
    private const int GuessedBytes = 1024;

    private static readonly TextEncoding Utf8 = new("UTF-8", null, 3);

    private static readonly TextEncoding Utf16 =
        new("UTF-16 (little-endian)", new UnicodeEncoding(bigEndian: false, false, throwOnInvalidBytes: true), 2);

    private static readonly TextEncoding Utf16BigEndian =
        new("UTF-16 (big-endian)", new UnicodeEncoding(bigEndian: true, false, throwOnInvalidBytes: true), 2);

    private static readonly TextEncoding Utf32 =
        new("UTF-32 (little-endian)", new UTF32Encoding(bigEndian: false, false, throwOnInvalidCharacters: true), 4);

    private static readonly TextEncoding Utf32BigEndian =
        new("UTF-32 (big-endian)", new UTF32Encoding(bigEndian: true, false, throwOnInvalidCharacters: true), 4);

    /// <summary>Returns the encoding that a byte order mark names; null without one.</summary>
    public static TextEncoding? FromMark(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? Utf8
        : bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE, 0, 0]) ? Utf32
        : bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) ? Utf16
        : bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]) ? Utf16BigEndian
        : bytes.StartsWith((ReadOnlySpan<byte>)[0, 0, 0xFE, 0xFF]) ? Utf32BigEndian
        : null;

    /// <summary>
    /// Returns UTF-16 if a text without a mark can only be that: nearly all of its code units are ASCII characters.
    /// </summary>
    public static TextEncoding? GuessUtf16(ReadOnlySpan<byte> bytes)
    {
        int units = Math.Min(bytes.Length, GuessedBytes) / 2, little = 0, big = 0;
        for (int i = 0; i < units; i++)
        {
            little += IsText(BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..])) ? 1 : 0;
            big += IsText(BinaryPrimitives.ReadUInt16BigEndian(bytes[(2 * i)..])) ? 1 : 0;
        }

        int enough = Math.Max(2, units - (units / 4));
        return little >= enough ? Utf16 : big >= enough ? Utf16BigEndian : null;

        static bool IsText(ushort unit) => unit is (>= ' ' and <= '~') or '\n' or '\r' or '\t';
    }

    /// <summary>Decodes a file that has the encoding's mark; null when some bytes are invalid.</summary>
    public static string? Decode(TextEncoding encoding, byte[] bytes)
    {
        ReadOnlySpan<byte> text = bytes.AsSpan(encoding.MarkLength);
        try
        {
            return ByteText.Decode(
                encoding.Encoding is { } other ? System.Text.Encoding.UTF8.GetBytes(other.GetString(text)) : text);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
