using Google.Protobuf;

namespace Cnn.Proto;

/// <summary>
/// A definition with everything that belongs to it: the message, the places of its parts, and warnings.
/// </summary>
/// <typeparam name="T">The kind of message.</typeparam>
public class Definition<T>
    where T : class, IMessage<T>
{
    internal Definition(T message, SourceMap? sources = null, PathResolver? files = null)
    {
        Message = message;
        Sources = sources ?? new SourceMap();
        Files = files ?? new PathResolver((string?)null);
    }

    /// <summary>The definition itself, in the current format.</summary>
    public T Message { get; internal init; }

    /// <summary>
    /// What was ignored in reading, and what an upgrade from an older format dropped or changed; a net or solver built
    /// from the definition logs it.
    /// </summary>
    public IReadOnlyList<Diagnostic> Warnings { get; internal init; } = [];

    /// <summary>The file that the definition was read from; null when it came from none.</summary>
    public string? Path => Files.NamedIn;

    /// <summary>The format of the file; null when the definition came from none.</summary>
    public ProtoFormat? Format { get; internal init; }

    /// <summary>The places where the parts were written; empty for binary files.</summary>
    internal SourceMap Sources { get; }

    /// <summary>Finds the files that the definition names.</summary>
    internal PathResolver Files { get; }

    /// <summary>
    /// Returns an error with the name of the file added where the definition is binary and therefore has no places.
    /// </summary>
    internal CnnException Located(CnnException exception) =>
        Format == ProtoFormat.Binary && Path is not null ? exception.In(Path) : exception;
}
