using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cnn.Proto;

/// <summary>
/// Messages of the schema as YAML, one to one with prototxt: messages are maps, repeated fields are lists (a single value
/// stands for a list of one), enums are names. Anchors, aliases and merge keys say a block once.
/// </summary>
public static class YamlFormat
{
    private const int MaxCharacters = 1 << 28;

    /// <summary>Reads a message.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="file">The file's name, for errors.</param>
    /// <param name="sources">Receives where each message and field was written; null for nowhere.</param>
    /// <exception cref="CnnException">The text is wrong; all its mistakes, each with its place.</exception>
    public static T Parse<T>(string text, string file, SourceMap? sources = null)
        where T : class, IMessage<T>, new() => (T)Parse(new T().Descriptor, text, file, sources);

    /// <summary>Reads a message of a type known at run time; see <see cref="Parse{T}"/>.</summary>
    public static IMessage Parse(MessageDescriptor type, string text, string file, SourceMap? sources = null)
    {
        if (text.Length > MaxCharacters)
        {
            throw new CnnException($"{file}: {TextMessages.TooLarge(MaxCharacters)}");
        }

        var parser = new YamlParser(text, file, sources ?? new SourceMap());
        IMessage message = parser.Parse(type);
        return parser.Errors.Count == 0 ? message : throw new CnnException(parser.Errors);
    }

    /// <summary>The YAML of a message: what is set, in the order of the field numbers; it reads back as the same message.</summary>
    public static string Print(IMessage message) => YamlPrinter.Print(message);
}
