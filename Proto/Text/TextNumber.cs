using System.Globalization;
using System.Numerics;

namespace Cnn.Proto;

/// <summary>
/// The numbers of protobuf's text format, the same for fields of the schema and for free-form options. Whole numbers
/// are decimal, hexadecimal after 0x or octal after 0; real numbers are only decimal, with an optional f at the end.
/// </summary>
internal static class TextNumber
{
    // Larger than any field can hold, smaller than the accumulator can hold.
    private static readonly Int128 Largest = Int128.MaxValue >> 8;

    /// <summary>Reads a whole number with an optional sign.</summary>
    /// <param name="word">The word.</param>
    /// <returns>
    /// Null when the word is not one; a number beyond the range of every field comes back as some number beyond it.
    /// </returns>
    public static Int128? ParseInteger(ReadOnlySpan<char> word)
    {
        bool isNegative = word.StartsWith('-');
        Int128? magnitude = ParseMagnitude(word[(isNegative ? 1 : 0)..]);
        return isNegative ? -magnitude : magnitude;
    }

    /// <summary>Reads a real number with an optional sign; a NaN has no sign.</summary>
    /// <returns>
    /// Null when the word is not one. A magnitude too large for the type is infinite, as in protobuf.
    /// </returns>
    public static T? ParseReal<T>(ReadOnlySpan<char> word)
        where T : struct, IFloatingPointIeee754<T>
    {
        bool isNegative = word.StartsWith('-');
        return TryParseReal(word[(isNegative ? 1 : 0)..], out T magnitude) ? Signed(isNegative, magnitude) : null;
    }

    /// <summary>Reads a real number without a sign.</summary>
    public static bool TryParseReal<T>(ReadOnlySpan<char> word, out T value)
        where T : struct, IFloatingPointIeee754<T>
    {
        value = T.Zero;
        if (word.IsEmpty)
        {
            return false;
        }

        if (char.IsAsciiLetter(word[0]))
        {
            bool isNan = word.Equals("nan", StringComparison.OrdinalIgnoreCase);
            value = isNan ? T.NaN : T.PositiveInfinity;
            return isNan
                || word.Equals("inf", StringComparison.OrdinalIgnoreCase)
                || word.Equals("infinity", StringComparison.OrdinalIgnoreCase);
        }

        // A zero followed by a digit or an x starts a number of another base.
        if (word.Length > 1 && word[0] == '0' && (char.IsAsciiDigit(word[1]) || word[1] is 'x' or 'X'))
        {
            return false;
        }

        const NumberStyles Style = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return T.TryParse(word[^1] is 'f' or 'F' ? word[..^1] : word, Style, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Returns a magnitude with its sign; a NaN has no sign.</summary>
    public static T Signed<T>(bool isNegative, T magnitude)
        where T : struct, IFloatingPointIeee754<T> => isNegative && !T.IsNaN(magnitude) ? -magnitude : magnitude;

    /// <summary>
    /// Returns what to write instead of a word that is not a real number because of its base; null for any other word.
    /// </summary>
    public static string? HintForReal(ReadOnlySpan<char> word)
    {
        ReadOnlySpan<char> magnitude = word.TrimStart('-');
        string sign = magnitude.Length < word.Length ? "-" : "";
        if (magnitude.Length < 2 || magnitude[0] != '0' || TryParseReal<double>(magnitude, out _))
        {
            return null;
        }

        string? value = ParseMagnitude(magnitude) is { } known && known < Largest ? sign + known : null;
        if (magnitude[1] is 'x' or 'X')
        {
            return value is null ? null : $"hexadecimal is for whole numbers; write {value}";
        }

        ReadOnlySpan<char> decimals = magnitude.TrimStart('0');
        bool lacksDigit = decimals.IsEmpty || !char.IsAsciiDigit(decimals[0]);
        string plain = lacksDigit ? $"{sign}0{decimals}" : $"{sign}{decimals}";
        return !TryParseReal<double>(plain.AsSpan(sign.Length), out _) ? null
            : value is null || value == plain ? $"a leading zero marks octal, which is for whole numbers; write {plain}"
            : $"a leading zero marks octal, which is for whole numbers; write {plain}, or {value} if octal is meant";
    }

    private static Int128? ParseMagnitude(ReadOnlySpan<char> digits)
    {
        bool isHexadecimal = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        return isHexadecimal ? ParseDigits(digits[2..], 16)
            : digits.Length > 1 && digits[0] == '0' ? ParseDigits(digits[1..], 8)
            : ParseDigits(digits, 10);
    }

    /// <summary>Reads digits of a base up to 16; returns null when there are none or invalid ones.</summary>
    internal static Int128? ParseDigits(ReadOnlySpan<char> digits, int radix)
    {
        Int128 value = 0;
        foreach (char c in digits)
        {
            int digit = char.IsAsciiHexDigit(c) ? Digit(c) : radix;
            if (digit >= radix)
            {
                return null;
            }

            value = Int128.Min((value * radix) + digit, Largest);
        }

        return digits.IsEmpty ? null : value;

        static int Digit(char c) => char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
    }
}
