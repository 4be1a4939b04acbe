using System.Globalization;
using System.Numerics;
using Cnn.Proto;

namespace Cnn.Layers.Plugins;

/// <summary>Reads a single value as the text format does for fields of the schema.</summary>
internal static class OptionScalar
{
    /// <summary>The names of an enum as written in a file: <c>LeakyRelu</c> as <c>LEAKY_RELU</c>.</summary>
    public static IEnumerable<string> EnumNames(Type type) =>
        Enum.GetNames(type).Select(n => OptionShape.SnakeCase(n).ToUpperInvariant());

    /// <summary>A value as a message shows it: <c>the string "abc"</c>, <c>1.5</c>, <c>a block</c>.</summary>
    public static string Describe(PluginValue value) => value.KindCase switch
    {
        PluginValue.KindOneofCase.Scalar => $"'{Shorten(value.Scalar)}'",
        PluginValue.KindOneofCase.Text => $"the string \"{Shorten(value.Text)}\"",
        PluginValue.KindOneofCase.Block => "a block",
        _ => "nothing",
    };

    /// <summary>Reads a value as a type.</summary>
    /// <param name="value">The value.</param>
    /// <param name="type">A scalar type without <c>?</c>.</param>
    /// <param name="result">The value; null when it does not fit.</param>
    /// <param name="hint">When it does not fit, what to write.</param>
    public static bool TryRead(PluginValue value, Type type, out object? result, out string hint)
    {
        result = null;
        hint = $"write {OptionType.Describe(type)}";
        if (value.KindCase == PluginValue.KindOneofCase.Text)
        {
            hint = "write it without quotes";
            result = type == typeof(string) ? value.Text : null;
            return result is not null;
        }

        if (value.KindCase != PluginValue.KindOneofCase.Scalar)
        {
            return false;
        }

        string text = value.Scalar;
        result = type == typeof(string) ? ReadWord(text, out hint)
            : type == typeof(bool) ? ReadBoolean(text)
            : type.IsEnum ? ReadEnum(text, type, ref hint)
            : type == typeof(double) ? ReadFloat(text)
            : type == typeof(float) ? (float?)ReadFloat(text)
            : ReadInteger(text, type, ref hint);
        return result is not null;
    }

    // YAML writes most strings without quotes; a bare number or boolean is more likely a mistake than a string.
    private static string? ReadWord(string text, out string hint)
    {
        hint = $"write \"{Shorten(text)}\"";
        return ReadFloat(text) is null && ParseInteger(text) is null && ReadBoolean(text) is null
            ? text
            : null;
    }

    private static object? ReadBoolean(string text) => text switch
    {
        "true" or "True" or "t" or "1" => true,
        "false" or "False" or "f" or "0" => false,
        _ => null,
    };

    private static object? ReadEnum(string text, Type type, ref string hint)
    {
        foreach (string name in Enum.GetNames(type))
        {
            if (Plain(name).Equals(Plain(text), StringComparison.OrdinalIgnoreCase))
            {
                return Enum.Parse(type, name);
            }
        }

        if (ParseInteger(text) is { } number && number >= int.MinValue && number <= int.MaxValue
            && Enum.ToObject(type, (int)number) is var value && Enum.IsDefined(type, value))
        {
            return value;
        }

        hint = Suggestion.For(text, EnumNames(type)) ?? hint;
        return null;

        static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal);
    }

    private static double? ReadFloat(string text)
    {
        ReadOnlySpan<char> digits = text.EndsWith('f') && !text.EndsWith("inf", StringComparison.Ordinal)
            ? text.AsSpan(0, text.Length - 1)
            : text;
        bool isNegative = digits.StartsWith('-');
        string word = digits[(isNegative ? 1 : 0)..].ToString().ToLowerInvariant();
        double value;
        if (word is "inf" or "infinity")
        {
            value = isNegative ? double.NegativeInfinity : double.PositiveInfinity;
        }
        else if (word == "nan")
        {
            value = double.NaN;
        }
        else if (word.Length == 0 || !(char.IsAsciiDigit(word[0]) || word[0] == '.')
            || !double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out value))
        {
            return null;
        }

        return value;
    }

    private static object? ReadInteger(string text, Type type, ref string hint)
    {
        if (ParseInteger(text) is not { } value)
        {
            return null;
        }

        var (min, max) = Type.GetTypeCode(type) switch
        {
            TypeCode.Int32 => ((BigInteger)int.MinValue, (BigInteger)int.MaxValue),
            TypeCode.Int64 => (long.MinValue, long.MaxValue),
            TypeCode.UInt32 => (0, uint.MaxValue),
            TypeCode.UInt64 => (0, ulong.MaxValue),
            _ => (0, byte.MaxValue),
        };
        if (value < min || value > max)
        {
            hint = $"it must be between {min} and {max}";
            return null;
        }

        return Type.GetTypeCode(type) switch
        {
            TypeCode.Int32 => (int)value,
            TypeCode.Int64 => (long)value,
            TypeCode.UInt32 => (uint)value,
            TypeCode.UInt64 => (ulong)value,
            _ => (object)(byte)value,
        };
    }

    // Decimal, 0x hexadecimal and 0 octal, as in the text format. Nothing of 64 bits has more than 23 characters.
    private static BigInteger? ParseInteger(string text)
    {
        bool isNegative = text.StartsWith('-');
        string digits = text[(isNegative ? 1 : 0)..];
        if (digits.Length is 0 or > 24)
        {
            return null;
        }

        int radix = 10;
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            (radix, digits) = (16, digits[2..]);
        }
        else if (digits.Length > 1 && digits[0] == '0')
        {
            (radix, digits) = (8, digits[1..]);
        }

        BigInteger value = 0;
        foreach (char c in digits)
        {
            int digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : radix;
            if (digit >= radix)
            {
                return null;
            }

            value = (value * radix) + digit;
        }

        return digits.Length == 0 ? null : isNegative ? -value : value;
    }

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..37] + "...";
}
