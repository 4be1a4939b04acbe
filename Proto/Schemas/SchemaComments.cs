using System.Collections.Frozen;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cnn.Proto.Schemas;

/// <summary>
/// The comments of <c>caffe.proto</c>: what each message, field, enum and value of an enum is for. The descriptors that
/// are compiled into the program have none, so the compiled schema is kept beside them with its comments.
/// </summary>
public static class SchemaComments
{
    private const string Resource = "Cnn.Proto.Schemas.caffe.desc";

    // Protobuf's own mark of such fields would make every use of them in this program a warning.
    private static readonly string[] Retired =
        ["read and ignored", "older spelling", "when the file is read"];

    private static readonly Lazy<FrozenDictionary<string, string>> Comments = new(Read);

    /// <summary>Returns the comment above a part of the schema, or else the one behind it.</summary>
    /// <param name="part">A message, a field, an enum or one of its values.</param>
    /// <returns>
    /// The text, each paragraph one line; empty where the schema has none, and for messages of other schemas.
    /// </returns>
    public static string Of(DescriptorBase part)
    {
        ArgumentNullException.ThrowIfNull(part);
        return Comments.Value.GetValueOrDefault(part.FullName, "");
    }

    /// <summary>
    /// Whether the schema says that a field is not to be used any more: it is ignored, or of an older format, or an
    /// older spelling of another field.
    /// </summary>
    public static bool IsDeprecated(FieldDescriptor field)
    {
        ArgumentNullException.ThrowIfNull(field);
        string comment = Of(field);
        return Retired.Any(words => comment.Contains(words, StringComparison.OrdinalIgnoreCase));
    }

    private static FrozenDictionary<string, string> Read()
    {
        using Stream stream = typeof(SchemaComments).Assembly.GetManifestResourceStream(Resource)!;
        FileDescriptorSet files = FileDescriptorSet.Parser.ParseFrom(stream);
        var schema = FileDescriptor.BuildFromByteStrings(files.File.Select(f => f.ToByteString()));
        return schema.SelectMany(f => f.MessageTypes.SelectMany(PartsOf).Concat(f.EnumTypes.SelectMany(PartsOf)))
            .Select(part => (part.FullName, Text: TextOf(part.Declaration)))
            .Where(part => part.Text.Length > 0)
            .ToFrozenDictionary(part => part.FullName, part => part.Text);
    }

    private static IEnumerable<DescriptorBase> PartsOf(MessageDescriptor message) =>
    [
        message,
        .. message.Fields.InDeclarationOrder(),
        .. message.NestedTypes.SelectMany(PartsOf),
        .. message.EnumTypes.SelectMany(PartsOf),
    ];

    private static IEnumerable<DescriptorBase> PartsOf(EnumDescriptor type) => [type, .. type.Values];

    private static string TextOf(DescriptorDeclaration? declaration)
    {
        string leading = Paragraphs(declaration?.LeadingComments ?? "");
        return leading.Length > 0 ? leading : Paragraphs(declaration?.TrailingComments ?? "");
    }

    // An empty line parts paragraphs; other breaks only keep the schema's lines short.
    private static string Paragraphs(string comment)
    {
        var paragraphs = new List<string> { "" };
        foreach (string line in comment.Split('\n', StringSplitOptions.TrimEntries))
        {
            if (line.Length == 0)
            {
                paragraphs.Add("");
            }
            else
            {
                paragraphs[^1] += paragraphs[^1].Length == 0 ? line : $" {line}";
            }
        }

        return string.Join('\n', paragraphs.Where(p => p.Length > 0));
    }
}
