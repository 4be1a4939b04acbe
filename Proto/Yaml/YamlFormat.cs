using Cnn.Proto.Forks;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cnn.Proto;

/// <summary>
/// YAML for any message of the schema, one-to-one with prototxt: a message is a map, a repeated field a list (or its
/// one element alone), an enum a name. Anchors, aliases and merge keys work. The schema decides what a plain word
/// means. A file can include others: see <see cref="Parse{T}"/>.
/// </summary>
public static class YamlFormat
{
    /// <summary>
    /// The longest text that is read, in characters, and the most that the files which it includes have together.
    /// </summary>
    internal const int MaxCharacters = 1 << 26;

    /// <summary>Reads a message.</summary>
    /// <remarks>
    /// In a net, <c>- include: block.yaml</c> among the layers stands for those of another file; at the top of a net or
    /// solver, <c>include: base.yaml</c> names a file whose keys are the defaults of those that are not given. <c>with:
    /// {name: value}</c> beside it gives what the other file uses as <c>${name}</c> and may have a default for, under
    /// <c>parameters</c>.
    /// </remarks>
    /// <param name="text">The whole text, one document.</param>
    /// <param name="file">
    /// The file's name, for errors; files that it includes are looked up beside it, in the working directory when it
    /// names no folder.
    /// </param>
    /// <param name="sources">Receives where each message and field was written; null to discard it.</param>
    /// <exception cref="CnnException">
    /// The text is wrong; the exception carries all mistakes, each with its place.
    /// </exception>
    public static T Parse<T>(string text, string file, SourceMap? sources = null)
        where T : class, IMessage<T>, new() => (T)Parse(new T().Descriptor, text, file, sources);

    /// <summary>Reads a message of a type known at run time; see <see cref="Parse{T}"/>.</summary>
    public static IMessage Parse(MessageDescriptor type, string text, string file, SourceMap? sources = null) =>
        Parse(type, text, file, sources, null);

    /// <summary>Reads a message, and counts the fields of forks that are ignored.</summary>
    internal static T ParseFile<T>(string text, string file, SourceMap sources, IgnoredHints ignored)
        where T : class, IMessage<T>, new() => (T)Parse(new T().Descriptor, text, file, sources, ignored);

    private static IMessage Parse(
        MessageDescriptor type, string text, string file, SourceMap? sources, IgnoredHints? ignored)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MaxCharacters)
        {
            throw new CnnException($"{file}: {TextMessages.TooLarge(MaxCharacters)}");
        }

        var places = new YamlPlaces(text.StartsWith('\uFEFF') ? text[1..] : text, file);
        (YamlNode? root, int nodes) = new YamlComposer(places).Compose();
        var binder = new YamlBinder(places, sources ?? new SourceMap(), nodes, ignored, new YamlIncludes());
        IMessage message = binder.Bind(type, root);
        return places.Errors.Count == 0 ? message : throw new CnnException(places.Errors);
    }

    /// <summary>
    /// Prints what is set in a message, in the order of the field numbers; the text reads back as the same message.
    /// </summary>
    public static string Print(IMessage message) => YamlPrinter.Print(message);
}
