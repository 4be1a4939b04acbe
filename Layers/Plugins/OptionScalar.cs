using System.Numerics;
using Cnn.Proto;

namespace Cnn.Layers.Plugins;

/// <summary>Reads a single value as the text format does for fields of the schema.</summary>
internal static class OptionScalar
{
    /// <summary>Returns the names of an enum as written in a file: <c>LeakyRelu</c> as <c>LEAKY_RELU</c>.</summary>
    public static IEnumerable<string> EnumNames(Type type) =>
        Enum.GetNames(type).Select(n => OptionShape.SnakeCase(n).ToUpperInvariant());

    /// <summary>Returns a value as messages show it: <c>the string "abc"</c>, <c>1.5</c>, <c>a block</c>.</summary>
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
    /// <param name="hint">What to write instead, when the value does not fit.</param>
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
            : type == typeof(bool) ? ScalarText.ParseBool(text)
            : type.IsEnum ? ReadEnum(text, type, ref hint)
            : type == typeof(double) ? ReadReal<double>(text, ref hint)
            : type == typeof(float) ? ReadReal<float>(text, ref hint)
            : ReadInteger(text, type, ref hint);
        return result is not null;
    }

    // YAML writes most strings without quotes; a bare number or boolean is more likely a mistake than a string.
    private static string? ReadWord(string text, out string hint)
    {
        hint = $"write \"{Shorten(text)}\"";
        bool isOther = TextNumber.ParseReal<double>(text) is not null
            || TextNumber.ParseInteger(text) is not null
            || ScalarText.ParseBool(text) is not null;
        return isOther ? null : text;
    }

    private static object? ReadEnum(string text, Type type, ref string hint)
    {
        foreach (string name in Enum.GetNames(type))
        {
            if (Plain(name).Equals(Plain(text), StringComparison.OrdinalIgnoreCase))
            {
                return Enum.Parse(type, name);
            }
        }

        if (TextNumber.ParseInteger(text) is { } number && number >= int.MinValue && number <= int.MaxValue
            && Enum.ToObject(type, (int)number) is var value && Enum.IsDefined(type, value))
        {
            return value;
        }

        hint = Suggestion.For(text, EnumNames(type)) ?? hint;
        return null;

        static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal);
    }

    private static object? ReadReal<T>(string text, ref string hint)
        where T : struct, IFloatingPointIeee754<T>
    {
        hint = TextNumber.HintForReal(text) ?? hint;
        return TextNumber.ParseReal<T>(text);
    }

    private static object? ReadInteger(string text, Type type, ref string hint)
    {
        if (TextNumber.ParseInteger(text) is not { } value)
        {
            return null;
        }

        var (min, max) = Type.GetTypeCode(type) switch
        {
            TypeCode.Int32 => ((Int128)int.MinValue, (Int128)int.MaxValue),
            TypeCode.Int64 => (long.MinValue, long.MaxValue),
            TypeCode.UInt32 => (0, uint.MaxValue),
            TypeCode.UInt64 => (0, ulong.MaxValue),
            _ => (0, byte.MaxValue),
        };
        if (value < min || value > max || (min == 0 && text.StartsWith('-')))
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

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..37] + "...";
}
