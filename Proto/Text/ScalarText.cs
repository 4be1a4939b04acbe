using System.Globalization;
using Cnn.Proto.Forks;
using Google.Protobuf.Reflection;

namespace Cnn.Proto;

/// <summary>Converts numbers, booleans and enum names to and from their spelling in text.</summary>
internal static class ScalarText
{
    /// <summary>Reads the value of an unquoted word: a boxed number, boolean or enum number.</summary>
    /// <param name="field">The field that it is for, of any scalar type but string and bytes.</param>
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
            FieldType.Float => TextNumber.ParseReal<float>(word),
            FieldType.Double => TextNumber.ParseReal<double>(word),
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

    /// <summary>Returns what is wrong with a word that is not a value of a field.</summary>
    /// <param name="field">The field.</param>
    /// <param name="word">The word, with its sign, as the text format spells it.</param>
    /// <param name="written">The word as the file has it, where that differs; null where it does not.</param>
    public static (string Message, string? Hint) Problem(FieldDescriptor field, string word, string? written = null)
    {
        string shown = written ?? word;
        if (field.FieldType == FieldType.Enum)
        {
            var names = field.EnumType.Values.Select(v => v.Name).ToArray();
            string values = $"the values are {string.Join(", ", names)}";
            return ForkMessages.UnknownEnumValue(shown, field.EnumType) is { } ofFork
                ? (ofFork.Message, ofFork.Hint ?? values)
                : (TextMessages.UnknownEnumValue(shown, field.EnumType), Suggestion.For(shown, names) ?? values);
        }

        bool isReal = field.FieldType is FieldType.Float or FieldType.Double;
        if (!isReal && field.FieldType != FieldType.Bool && TextNumber.ParseInteger(word) is { } number && number != 0)
        {
            return (TextMessages.OutOfRange(shown, field.FieldType.ToString().ToLowerInvariant()), null);
        }

        string expected = $"{TextMessages.TypeName(field)} for '{field.Name}'";
        return (
            TextMessages.Expected(expected, $"'{TextMessages.Short(shown)}'"),
            isReal ? TextNumber.HintForReal(word) : null);
    }

    /// <summary>Reads a boolean; returns null when the word is not one.</summary>
    public static bool? ParseBool(string word) => word switch
    {
        "true" or "True" or "t" => true,
        "false" or "False" or "f" => false,
        _ => ParseInteger(word, 0, 1) is { } bit ? bit == 1 : null,
    };

    /// <summary>Prints the shortest text that reads back as the same number.</summary>
    public static string Print(double value, bool isSingle) =>
        double.IsNaN(value) ? "nan"
        : double.IsInfinity(value) ? (value > 0 ? "inf" : "-inf")
        : isSingle ? ((float)value).ToString("R", CultureInfo.InvariantCulture)
        : value.ToString("R", CultureInfo.InvariantCulture);

    private static object? ParseEnum(EnumDescriptor type, string word) =>
        type.FindValueByName(word) is { } named ? named.Number
        : ParseInteger(word, int.MinValue, int.MaxValue) is { } number
            ? type.FindValueByNumber((int)number)?.Number
            : null;

    // Types without negative values take no sign, not even before a zero.
    private static Int128? ParseInteger(string word, Int128 min, Int128 max) =>
        (min < 0 || !word.StartsWith('-')) && TextNumber.ParseInteger(word) is { } value && value >= min && value <= max
            ? value
            : null;
}
