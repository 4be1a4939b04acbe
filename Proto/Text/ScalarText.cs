using System.Globalization;
using System.Numerics;
using Google.Protobuf.Reflection;

namespace Cnn.Proto;

/// <summary>Numbers, booleans and enum names to and from their spelling in text; the YAML reader uses the same ones.</summary>
internal static class ScalarText
{
    /// <summary>
    /// The value of an unquoted word for a field: a boxed number, boolean or enum number.
    /// </summary>
    /// <param name="field">The field it is for: any scalar type but string and bytes.</param>
    /// <param name="word">The word, with its sign.</param>
    /// <param name="value">The value.</param>
    /// <param name="problem">What is wrong with it.</param>
    /// <returns>Whether the word is a value of the field.</returns>
    public static bool TryParse(
        FieldDescriptor field, string word, out object? value, out (string Message, string? Hint) problem)
    {
        problem = default;
        value = field.FieldType switch
        {
            FieldType.Float => ParseReal<float>(word),
            FieldType.Double => ParseReal<double>(word),
            FieldType.Bool => ParseBool(word),
            FieldType.Enum => ParseEnum(field.EnumType, word),
            FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 =>
                ParseInteger(word, int.MinValue, int.MaxValue) is { } i ? (int)i : null,
            FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 =>
                ParseInteger(word, long.MinValue, long.MaxValue) is { } l ? (long)l : null,
            FieldType.UInt32 or FieldType.Fixed32 => ParseInteger(word, 0, uint.MaxValue) is { } u ? (uint)u : null,
            FieldType.UInt64 or FieldType.Fixed64 => ParseInteger(word, 0, ulong.MaxValue) is { } u ? (ulong)u : null,
            _ => null,
        };
        if (value is not null)
        {
            return true;
        }

        problem = Problem(field, word);
        return false;
    }

    /// <summary>A number without its sign.</summary>
    public static bool TryParseFloat(ReadOnlySpan<char> word, out float value) => TryParseMagnitude(word, out value);

    /// <summary>A magnitude with its sign, which a NaN has none of.</summary>
    public static T Signed<T>(bool isNegative, T magnitude)
        where T : struct, IFloatingPointIeee754<T> => isNegative && !T.IsNaN(magnitude) ? -magnitude : magnitude;

    /// <summary>The shortest text that reads back as the same number.</summary>
    public static string Print(double value, bool isSingle) =>
        double.IsNaN(value) ? "nan"
        : double.IsInfinity(value) ? (value > 0 ? "inf" : "-inf")
        : isSingle ? ((float)value).ToString("R", CultureInfo.InvariantCulture)
        : value.ToString("R", CultureInfo.InvariantCulture);

    private static (string Message, string? Hint) Problem(FieldDescriptor field, string word)
    {
        if (field.FieldType == FieldType.Enum)
        {
            var names = field.EnumType.Values.Select(v => v.Name).ToArray();
            return (
                TextMessages.UnknownEnumValue(word, field.EnumType),
                Suggestion.For(word, names) ?? $"the values are {string.Join(", ", names)}");
        }

        bool isInteger = field.FieldType is not (FieldType.Bool or FieldType.Float or FieldType.Double);
        return isInteger && IsInteger(word)
            ? (TextMessages.OutOfRange(word, field.FieldType.ToString().ToLowerInvariant()), null)
            : (TextMessages.Expected($"{TextMessages.TypeName(field)} for '{field.Name}'", $"'{TextMessages.Short(word)}'"), null);
    }

    // Digits beyond 64 bits are a number too.
    private static bool IsInteger(string word)
    {
        ReadOnlySpan<char> digits = word.AsSpan(word.StartsWith('-') ? 1 : 0);
        return ParseInteger(word, decimal.MinValue, decimal.MaxValue) is not null
            || (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
                ? digits.Length > 2 && !digits[2..].ContainsAnyExcept("0123456789abcdefABCDEF".AsSpan())
                : !digits.IsEmpty && digits[0] != '0' && !digits.ContainsAnyExceptInRange('0', '9'));
    }

    private static bool? ParseBool(string word) => word switch
    {
        "true" or "True" or "t" => true,
        "false" or "False" or "f" => false,
        _ => ParseInteger(word, 0, 1) is { } bit ? bit == 1 : null,
    };

    private static object? ParseEnum(EnumDescriptor type, string word) =>
        type.FindValueByName(word) is { } named ? named.Number
        : ParseInteger(word, int.MinValue, int.MaxValue) is { } number && type.FindValueByNumber((int)number) is not null
            ? (int)number
            : null;

    // decimal holds every 64-bit integer of either sign.
    private static decimal? ParseInteger(string word, decimal min, decimal max)
    {
        bool isNegative = word.StartsWith('-');
        ReadOnlySpan<char> digits = word.AsSpan(isNegative ? 1 : 0);
        ulong magnitude;
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            if (!ulong.TryParse(digits[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out magnitude))
            {
                return null;
            }
        }
        else if (digits.Length > 1 && digits[0] == '0')
        {
            if (!TryParseOctal(digits[1..], out magnitude))
            {
                return null;
            }
        }
        else if (!ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out magnitude))
        {
            return null;
        }

        decimal value = isNegative ? -(decimal)magnitude : magnitude;
        return value >= min && value <= max ? value : null;
    }

    private static bool TryParseOctal(ReadOnlySpan<char> digits, out ulong value)
    {
        value = 0;
        foreach (char c in digits)
        {
            if (c is < '0' or > '7' || value >> 61 != 0)
            {
                return false;
            }

            value = (value * 8) + (ulong)(c - '0');
        }

        return true;
    }

    // A magnitude too large for the type is infinite, as in every reader of the format.
    private static T? ParseReal<T>(ReadOnlySpan<char> word)
        where T : struct, IFloatingPointIeee754<T>
    {
        bool isNegative = word.StartsWith('-');
        return TryParseMagnitude(word[(isNegative ? 1 : 0)..], out T magnitude)
            ? Signed(isNegative, magnitude)
            : null;
    }

    private static bool TryParseMagnitude<T>(ReadOnlySpan<char> word, out T value)
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

        if (word[^1] is 'f' or 'F' && !word.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            word = word[..^1];
        }

        const NumberStyles Style = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return T.TryParse(word, Style, CultureInfo.InvariantCulture, out value);
    }
}
