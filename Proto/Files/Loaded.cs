namespace Cnn.Proto;

/// <summary>A message read from a file.</summary>
/// <param name="Message">The message, in the current format.</param>
/// <param name="Sources">Where its parts were written; empty for binary files.</param>
/// <param name="Path">The file.</param>
/// <param name="Format">How it was written.</param>
public sealed record Loaded<T>(T Message, SourceMap Sources, string Path, ProtoFormat Format)
{
    /// <summary>What the way from an older format dropped.</summary>
    public IReadOnlyList<Diagnostic> Warnings { get; init; } = [];
}
