namespace Cnn.Proto;

/// <summary>The kind of a token of the text format.</summary>
internal enum TextTokenKind
{
    End,
    Identifier,
    Number,
    String,
    Symbol,
    Invalid,
}

/// <summary>A token and where it stands in the text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Index of its first character.</param>
/// <param name="Length">The number of its characters.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="LineStart">Index of the first character of its line.</param>
internal readonly record struct TextToken(TextTokenKind Kind, int Start, int Length, int Line, int LineStart);
