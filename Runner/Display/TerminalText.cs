using System.Globalization;
using System.Text;
using Cnn.Proto;

namespace Cnn.Runner.Display;

/// <summary>Text of others, such as the name of a net, for a terminal.</summary>
internal static class TerminalText
{
    /// <summary>
    /// Returns a text without line breaks and control sequences, which could do anything to a terminal.
    /// </summary>
    public static string Printable(string text) =>
        string.Concat(ByteText.Readable(text).Select(c => IsCommand(c) ? ' ' : c));

    /// <summary>
    /// Returns lines as they are but for what a terminal would carry out: control characters, and those that turn the
    /// direction of what follows, are written as their numbers, such as <c>\u0007</c>. Line ends and tabs stay.
    /// </summary>
    public static string Lines(ReadOnlySpan<char> text)
    {
        StringBuilder? clean = null;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            bool isLineEnd = c == '\r' && i + 1 < text.Length && text[i + 1] == '\n';
            if (IsCommand(c) && c is not ('\n' or '\t') && !isLineEnd)
            {
                clean ??= new StringBuilder().Append(text[..i]);
                clean.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            }
            else
            {
                clean?.Append(c);
            }
        }

        return clean?.ToString() ?? text.ToString();
    }

    // U+202A to U+202E and U+2066 to U+2069 are Unicode's explicit directions.
    private static bool IsCommand(char c) =>
        char.IsControl(c) || c is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
