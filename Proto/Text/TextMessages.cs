using Google.Protobuf.Reflection;

namespace Cnn.Proto;

/// <summary>What the text and YAML readers say, side by side so that they speak with one voice.</summary>
internal static class TextMessages
{
    public const string TooManyErrors = "too many errors; the rest of the file was not read";

    public static string TooDeep(int limit) => $"messages are nested deeper than {limit}";

    public static string TooLarge(int limit) => $"the file is larger than {limit >> 20} MiB of text";

    public static string UnknownField(string name, MessageDescriptor message) =>
        $"unknown field '{name}' in {message.Name}";

    public static string GivenTwice(string name, MessageDescriptor message) =>
        $"field '{name}' of {message.Name} is given twice";

    public static string OneOfGivenTwice(string name, string group) =>
        $"field '{name}' excludes the other members of '{group}', one of which is given";

    public static string MissingRequired(string name, MessageDescriptor message) =>
        $"required field '{name}' of {message.Name} is missing";

    public static string Expected(string what, string found) => $"expected {what}, found {found}";

    public static string UnknownEnumValue(string value, EnumDescriptor type) => $"unknown {type.Name} '{value}'";

    public static string OutOfRange(string value, string type) => $"{value} is out of the range of {type}";

    public static string UnclosedMessage(string closer) => $"the file ends inside a message; '{closer}' is missing";

    public static string NotRepeated(string name) => $"field '{name}' takes one value, not a list";

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
