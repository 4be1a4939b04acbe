using Google.Protobuf.Reflection;

namespace Cnn.Proto;

/// <summary>What only the YAML reader says; the rest is in <see cref="TextMessages"/>.</summary>
internal static class YamlMessages
{
    public const string SeveralDocuments = "the file holds several YAML documents; one was expected";
    public const string NotBase64 = "the text after !!binary is not base64";
    public const string KeyIsNoName = "a key is a plain name, not a map or list";
    public const string MergeHint = "'<<' takes an alias to a map, or a list of such";
    public const string NestedList = "a list inside a list; the schema has none";
    public const string NotYaml = "this is not YAML from here on";
    public static string NotParsed(YamlDotNet.Core.YamlException exception) =>
        $"this is not YAML: {exception.Message.TrimEnd('.')}";

    public const string NotYamlHint = "lines inside brackets are indented, and each bracket and quote is closed";
    public const string ScalarHint = "write it without quotes";

    public static string TooMany(int limit) =>
        $"the file holds more than {limit} values; keep weights in a binary file";

    public static string TooMuchExpanded(int limit) => $"aliases expand to more than {limit} values";

    public static string UnknownAnchor(string name) => $"no anchor '&{name}' stands before this alias";

    public static string AliasInItself(string name) => $"alias '*{name}' stands inside its own anchor";

    public static string UnknownTag(string tag) => $"tag '{YamlTags.Short(tag)}' has no meaning here";

    /// <summary>A type's name, without the quotes that YAML does not ask for.</summary>
    public static string TypeName(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.String => "text",
        FieldType.Bytes => "!!binary and base64, or text",
        FieldType.Message => $"a map, the {field.MessageType.Name}",
        _ => TextMessages.TypeName(field),
    };
}
