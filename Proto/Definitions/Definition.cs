using Google.Protobuf;

namespace Cnn.Proto;

/// <summary>A definition with all that goes with it: the message, where its parts were written, and what to warn of.</summary>
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

    /// <summary>What an upgrade from an older format dropped or changed; a net or solver built from it logs this.</summary>
    public IReadOnlyList<Diagnostic> Warnings { get; internal init; } = [];

    /// <summary>The file that it was read from; null when it came from none.</summary>
    public string? Path => Files.NamedIn;

    /// <summary>How the file was written; null when it came from none.</summary>
    public ProtoFormat? Format { get; internal init; }

    /// <summary>Where its parts were written; empty for binary files.</summary>
    internal SourceMap Sources { get; }

    /// <summary>Finds the files that it names.</summary>
    internal PathResolver Files { get; }

    /// <summary>An error with the file named, where the definition is binary and so tells no places.</summary>
    internal CnnException Located(CnnException exception) =>
        Format == ProtoFormat.Binary && Path is not null ? exception.In(Path) : exception;
}
