using System.Globalization;
using Cnn.Proto.Forks;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cnn.Proto;

/// <summary>
/// Protobuf's text format (prototxt) for any message of the schema. The C# protobuf library has none of its own.
/// </summary>
public static class TextFormat
{
    /// <summary>The longest text that is read, in characters; larger weights belong in a binary file.</summary>
    internal const int MaxCharacters = 1 << 29;

    /// <summary>Reads a message.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="file">The file's name, for errors.</param>
    /// <param name="sources">Receives where each message and field was written; null to discard it.</param>
    /// <exception cref="CnnException">
    /// The text is wrong; the exception carries all mistakes, each with its place.
    /// </exception>
    public static T Parse<T>(string text, string file, SourceMap? sources = null)
        where T : class, IMessage<T>, new() => (T)Parse(new T().Descriptor, text, file, sources);

    /// <summary>Reads a message of a type known at run time; see <see cref="Parse{T}"/>.</summary>
    public static IMessage Parse(MessageDescriptor type, string text, string file, SourceMap? sources = null) =>
        Parse(type, text, file, sources, MaxCharacters);

    /// <summary>Reads a message, and counts the fields of forks that are ignored.</summary>
    internal static T ParseFile<T>(string text, string file, SourceMap sources, IgnoredHints ignored)
        where T : class, IMessage<T>, new() =>
        (T)Parse(new T().Descriptor, text, file, sources, MaxCharacters, ignored);

    internal static IMessage Parse(
        MessageDescriptor type,
        string text,
        string file,
        SourceMap? sources,
        int maxCharacters,
        IgnoredHints? ignored = null)
    {
        if (text.Length > maxCharacters)
        {
            var start = new SourceLocation(file, 1, 1);
            throw new CnnException(new Diagnostic(TextMessages.TooLarge(maxCharacters), start));
        }

        var parser = new TextParser(text, file, sources, ignored);
        IMessage message = parser.Parse(type);
        return parser.Errors.Count == 0 ? message : throw new CnnException(parser.Errors);
    }

    /// <summary>
    /// Prints what is set in a message, in the order of the field numbers; the text reads back as the same message.
    /// </summary>
    /// <exception cref="CnnException">
    /// A free-form block holds something that text cannot express; it came from a damaged binary file.
    /// </exception>
    public static string Print(IMessage message)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        Print(message, writer);
        return writer.ToString();
    }

    /// <summary>
    /// Writes the text of a message, however long, to a file or stream; see <see cref="Print(IMessage)"/>.
    /// </summary>
    public static void Print(IMessage message, TextWriter to) => new TextPrinter(to).Fields(message, 0);
}
