namespace Cnn.Proto;

/// <summary>A place in a text file, as an editor counts it.</summary>
/// <param name="File">The file's path as the user wrote it.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column in characters, from 1.</param>
/// <param name="LineText">The text of the line, shown above the caret; null where it is not available.</param>
/// <param name="LineTextColumn">
/// The column at which <paramref name="LineText"/> starts; it is only a part of a very long line.
/// </param>
public sealed record SourceLocation(
    string File, int Line, int Column, string? LineText = null, int LineTextColumn = 1)
{
    /// <summary>Where another file includes this one; null for the file that was asked for.</summary>
    public SourceLocation? IncludedFrom { get; init; }

    /// <summary>Returns <c>file:line:column</c>.</summary>
    public override string ToString() => $"{File}:{Line}:{Column}";
}
