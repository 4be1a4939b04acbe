using System.Globalization;
using System.Text.RegularExpressions;
using Cnn.Proto.Schemas;
using Google.Protobuf.Reflection;

namespace Cnn.Tests.Docs;

/// <summary>Tables of a message's fields: names, types, defaults and the schema's comments.</summary>
/// <param name="linkTo">Returns the link to the table of a message; null where it has none.</param>
internal sealed partial class MessageTables(Func<MessageDescriptor, string?> linkTo)
{
    /// <summary>Returns the lines of a message's table.</summary>
    /// <param name="message">The message.</param>
    /// <param name="leftOut">Names of fields that the table does not have.</param>
    public IEnumerable<string> Of(MessageDescriptor message, params string[] leftOut) =>
    [
        "| field | type | default | meaning |",
        "| --- | --- | --- | --- |",
        .. message.Fields.InDeclarationOrder().Where(f => !leftOut.Contains(f.Name)).Select(
            f => Markdown.Row($"`{f.Name}`", TypeOf(f), DefaultOf(f), MeaningOf(f))),
    ];

    /// <summary>Returns the comment of a part of the schema as Markdown in one paragraph.</summary>
    public static string CommentOf(DescriptorBase part) => string.Join(
        ' ',
        SchemaComments.Of(part).Split('\n').Select(
            line => string.Concat(Code().Split(line).Select((t, i) => i % 2 == 0 ? Markdown.Escape(t) : t))));

    /// <summary>Returns the messages that the fields of a message have.</summary>
    public static IEnumerable<MessageDescriptor> PartsOf(MessageDescriptor message) =>
        message.Fields.InDeclarationOrder().Where(f => f.FieldType == FieldType.Message).Select(f => f.MessageType);

    private string TypeOf(FieldDescriptor field)
    {
        string type = field.FieldType switch
        {
            FieldType.Message => linkTo(field.MessageType) is { } link
                ? $"[{field.MessageType.Name}]({link})"
                : field.MessageType.Name,
            FieldType.Enum => "enum",
            FieldType.Bool => "bool",
            FieldType.String => "string",
            FieldType.Bytes => "bytes",
            FieldType.Float or FieldType.Double => "float",
            _ => "int",
        };
        return field.IsRepeated ? $"{type}, repeated" : type;
    }

    private static string DefaultOf(FieldDescriptor field)
    {
        FieldDescriptorProto declared = field.ToProto();
        string text = declared.DefaultValue;
        return !declared.HasDefaultValue ? ""
            : field.FieldType == FieldType.String ? $"`\"{text}\"`"
            : field.FieldType == FieldType.Enum ? $"`{text}`"
            : double.TryParse(text, CultureInfo.InvariantCulture, out double number)
                ? $"`{number.ToString(CultureInfo.InvariantCulture)}`"
            : $"`{text}`";
    }

    private static string MeaningOf(FieldDescriptor field)
    {
        string comment = CommentOf(field);
        return field.FieldType == FieldType.Enum
            ? string.Join(' ', field.EnumType.Values.Select(v => $"`{v.Name}`: {CommentOf(v)}").Prepend(comment))
            : comment;
    }

    [GeneratedRegex("(`[^`]*`)")]
    private static partial Regex Code();
}
