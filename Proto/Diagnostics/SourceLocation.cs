namespace Cnn.Proto;

/// <summary>A place in a text file, as an editor counts it.</summary>
/// <param name="File">The file's path as the user wrote it.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column in characters, from 1.</param>
/// <param name="LineText">The text of the line, shown above the caret; null where it is not at hand.</param>
/// <param name="LineTextColumn">
/// The column that <paramref name="LineText"/> starts at: of a very long line it is a part.
/// </param>
public sealed record SourceLocation(
    string File, int Line, int Column, string? LineText = null, int LineTextColumn = 1)
{
    /// <summary><c>file:line:column</c>.</summary>
    public override string ToString() => $"{File}:{Line}:{Column}";
}
