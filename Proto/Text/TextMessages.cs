using Google.Protobuf.Reflection;

namespace Cnn.Proto;

/// <summary>The messages of the text and YAML readers, side by side so that they speak with one voice.</summary>
internal static class TextMessages
{
    public const string TooManyErrors = "too many errors; the rest of the file was not read";

    private const int LongestNameShown = 60;

    /// <summary>Returns a word of the file as errors show it: only its start, when it is long.</summary>
    public static string Short(ReadOnlySpan<char> word) =>
        word.Length <= LongestNameShown ? word.ToString() : $"{word[..LongestNameShown]}...";

    public static string TooDeep(int limit) => $"messages are nested deeper than {limit}";

    public static string TooLarge(int limit) => $"the file is longer than {limit} characters";

    public static string TooManyMessages(int limit) => $"the file holds more than {limit} messages";

    public static string UnknownField(string name, MessageDescriptor message) =>
        $"unknown field '{name}' in {message.Name}";

    public static string GivenTwice(string name, MessageDescriptor message) =>
        $"field '{name}' of {message.Name} is given twice";

    public static string FirstAt(int line) => $"it was first given in line {line}";

    public static string OneOfGivenTwice(string name, string other) =>
        $"field '{name}' cannot be given beside '{other}': a message has one of them";

    public static string MissingRequired(string name, MessageDescriptor message) =>
        $"required field '{name}' of {message.Name} is missing";

    public static string Expected(string what, string found) => $"expected {what}, found {found}";

    public static string UnknownEnumValue(string value, EnumDescriptor type) => $"unknown {type.Name} '{Short(value)}'";

    public static string OutOfRange(string value, string type) => $"{Short(value)} is out of the range of {type}";

    public static string UnclosedMessage(char closer) => $"the file ends inside a message; '{closer}' is missing";

    public static string OpenedAt(int line) => $"the message starts in line {line}";

    public static string NotRepeated(string name) => $"field '{name}' takes one value, not a list";

    public static string UnprintableOption(string name) =>
        $"option '{Short(name)}' of a free-form block has a name or value that text cannot hold";

    public static string TypeName(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Message => $"a {field.MessageType.Name} block",
        FieldType.Enum => $"one of {string.Join(", ", field.EnumType.Values.Select(v => v.Name))}",
        FieldType.String or FieldType.Bytes => "a quoted string",
        FieldType.Bool => "true or false",
        FieldType.Float or FieldType.Double => "a number",
        FieldType.UInt32 or FieldType.UInt64 => "a whole number, 0 or more",
        _ => "a whole number",
    };
}
