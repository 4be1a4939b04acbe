using System.Globalization;
using System.Numerics;

namespace Cnn.Proto;

/// <summary>
/// The numbers of YAML 1.2's core schema (section 10.3.2 of its specification), the same for fields of the schema and
/// for free-form options: decimal with an optional sign, point and exponent, 0o17, 0x1F, .inf and .nan.
/// </summary>
internal static class YamlNumber
{
    // Anything longer does not fit a double.
    private const int LongestInteger = 400;

    /// <summary>
    /// Returns the number of a plain word in the text format's spelling; null when the word is not a number.
    /// </summary>
    public static string? ToWord(string plain) => plain switch
    {
        ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF" => "inf",
        "-.inf" or "-.Inf" or "-.INF" => "-inf",
        ".nan" or ".NaN" or ".NAN" => "nan",
        _ when plain.StartsWith("0o", StringComparison.Ordinal) => Integer(plain.AsSpan(2), 8),
        _ when plain.StartsWith("0x", StringComparison.Ordinal) => Integer(plain.AsSpan(2), 16),
        _ => IsDecimal(plain) ? Decimal(plain) : null,
    };

    /// <summary>Returns a number of the text format in YAML's spelling; null when the word is not a number.</summary>
    public static string? FromWord(string word)
    {
        bool isNegative = word.StartsWith('-');
        string magnitude = isNegative ? word[1..] : word;
        string sign = isNegative ? "-" : "";
        if (TextNumber.TryParseReal(magnitude, out double value))
        {
            return double.IsNaN(value) ? ".nan"
                : char.IsAsciiLetter(magnitude[0]) ? $"{sign}.inf"
                : sign + magnitude.TrimEnd('f', 'F');
        }

        // The remaining numbers are whole, hexadecimal or octal; YAML has those without a sign.
        return TextNumber.ParseInteger(word) is not { } integer ? null
            : isNegative ? integer.ToString(CultureInfo.InvariantCulture)
            : char.IsAsciiDigit(magnitude[1]) ? $"0o{magnitude[1..]}"
            : $"0x{magnitude[2..]}";
    }

    /// <summary>Prints the shortest text that reads back as the same number.</summary>
    public static string Print(double value, bool isSingle) =>
        double.IsNaN(value) ? ".nan"
        : double.IsInfinity(value) ? (value > 0 ? ".inf" : "-.inf")
        : ScalarText.Print(value, isSingle);

    private static string? Integer(ReadOnlySpan<char> digits, int radix)
    {
        if (TextNumber.ParseDigits(digits, radix) is null)
        {
            return null;
        }

        digits = digits.TrimStart('0');
        if (digits.Length > LongestInteger)
        {
            return $"1{new string('0', LongestInteger)}";
        }

        BigInteger value = 0;
        foreach (char c in digits)
        {
            value = (value * radix) + (Int128)TextNumber.ParseDigits([c], radix)!;
        }

        return value.ToString(CultureInfo.InvariantCulture);
    }

    // [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
    private static bool IsDecimal(ReadOnlySpan<char> word)
    {
        word = word[(StartsWithSign(word) ? 1 : 0)..];
        int whole = Digits(word), fraction = 0;
        word = word[whole..];
        if (word.StartsWith('.'))
        {
            fraction = Digits(word[1..]);
            word = word[(1 + fraction)..];
        }

        if (whole + fraction == 0)
        {
            return false;
        }

        if (word is ['e' or 'E', ..])
        {
            word = word[1..];
            word = word[(StartsWithSign(word) ? 1 : 0)..];
            int exponent = Digits(word);
            return exponent > 0 && exponent == word.Length;
        }

        return word.IsEmpty;

        static bool StartsWithSign(ReadOnlySpan<char> text) => text is ['+' or '-', ..];

        static int Digits(ReadOnlySpan<char> text) =>
            text.IndexOfAnyExceptInRange('0', '9') is var end && end < 0 ? text.Length : end;
    }

    // The text format has no plus sign, and reads leading zeros as octal.
    private static string Decimal(string plain)
    {
        string sign = plain.StartsWith('-') ? "-" : "";
        ReadOnlySpan<char> magnitude = plain.AsSpan().TrimStart("+-").TrimStart('0');
        bool lacksDigit = magnitude.IsEmpty || magnitude[0] is 'e' or 'E' or '.';
        return lacksDigit && plain[^1] != '.' ? $"{sign}0{magnitude}" : lacksDigit ? $"{sign}0" : $"{sign}{magnitude}";
    }
}
