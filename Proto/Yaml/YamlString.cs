using System.Globalization;
using System.Text;

namespace Cnn.Proto;

/// <summary>
/// Strings as YAML writes them: without quotes when no reader of any YAML version takes them for something else.
/// </summary>
internal static class YamlString
{
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "null", "true", "false", "yes", "no", "on", "off", "y", "n", "inf", "nan", "infinity",
    };

    /// <summary>Returns the string, quoted where it must be.</summary>
    public static string Print(string value) => IsBare(value) ? value : Quote(value);

    /// <summary>
    /// Returns the string in double quotes, with unprintable characters escaped. A byte that is not UTF-8, which YAML
    /// cannot hold, becomes the escape of the character that stands for it (see <see cref="ByteText"/>).
    /// </summary>
    public static string Quote(string value)
    {
        var quoted = new StringBuilder("\"");
        int used;
        for (int i = 0; i < value.Length; i += used)
        {
            used = 3;
            if (IsUtf8(value.AsSpan(i)))
            {
                quoted.Append(value, i, used);
                continue;
            }

            _ = Rune.DecodeFromUtf16(value.AsSpan(i), out Rune rune, out used);
            switch (rune.Value)
            {
                case '"' or '\\':
                    quoted.Append('\\').Append((char)rune.Value);
                    break;
                case '\n':
                    quoted.Append("\\n");
                    break;
                case '\t':
                    quoted.Append("\\t");
                    break;
                default:
                    Append(quoted, rune);
                    break;
            }
        }

        return quoted.Append('"').ToString();
    }

    // Three bytes that are valid UTF-8 after all: a real character of the range that stands for bytes.
    private static bool IsUtf8(ReadOnlySpan<char> text) =>
        text.Length >= 3 && ByteText.IsByte(text[0]) && ByteText.IsByte(text[1]) && ByteText.IsByte(text[2])
        && ByteText.ByteOf(text[0]) == 0xEE
        && (ByteText.ByteOf(text[1]) is 0xBE or 0xBF)
        && ByteText.ByteOf(text[2]) < 0xC0;

    private static void Append(StringBuilder quoted, Rune rune)
    {
        bool isPrintable = rune.Value is >= 0x20 and < 0x7F
            || (rune.Value >= 0xA0 && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control
                or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse));
        if (isPrintable)
        {
            quoted.Append(rune.ToString());
        }
        else if (rune.Value <= 0xFF)
        {
            quoted.Append("\\x").Append(rune.Value.ToString("x2", CultureInfo.InvariantCulture));
        }
        else if (rune.IsBmp)
        {
            quoted.Append("\\u").Append(rune.Value.ToString("x4", CultureInfo.InvariantCulture));
        }
        else
        {
            quoted.Append("\\U").Append(rune.Value.ToString("x8", CultureInfo.InvariantCulture));
        }
    }

    // Words and paths are bare; anything with a blank or one of YAML's own signs is quoted.
    private static bool IsBare(string value)
    {
        if (value.Length == 0 || Reserved.Contains(value))
        {
            return false;
        }

        bool startsLikeAName = char.IsAsciiLetter(value[0]) || value[0] is '_' or '/'
            || value.StartsWith("./", StringComparison.Ordinal) || value.StartsWith("../", StringComparison.Ordinal);
        return startsLikeAName && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '/');
    }
}
