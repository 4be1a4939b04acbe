namespace Cnn.Proto;

/// <summary>Reports mistakes and skips to text that can be parsed safely.</summary>
internal sealed partial class TextParser
{
    private const int MaxErrors = 50;

    // A line of blob data can be the whole file; a caret needs only a little of it.
    private const int LineWindow = 2048;

    private readonly List<Diagnostic> errors = [];
    private (int Line, int Start, string Text) shownLine = (0, 0, "");
    private bool givenUp;

    /// <summary>Skips a value of any kind, if there is one.</summary>
    private void SkipValue()
    {
        if (lexer.IsNextField)
        {
            return;
        }

        lexer.Take('-');
        if (IsOpener())
        {
            SkipBalanced();
            return;
        }

        TextToken first = lexer.Current;
        if (first.Kind is TextTokenKind.Identifier or TextTokenKind.Number or TextTokenKind.Invalid)
        {
            lexer.Advance();

            // As in +5.
            bool touches = lexer.Current.Start == first.Start + first.Length;
            if (first.Kind == TextTokenKind.Invalid && touches && lexer.Current.Kind == TextTokenKind.Number)
            {
                lexer.Advance();
            }
        }

        while (lexer.Current.Kind == TextTokenKind.String)
        {
            lexer.Advance();
        }
    }

    // Brackets of all kinds are counted, not stacked: the text may be nested as deeply as it is long.
    private void SkipBalanced()
    {
        long open = 0;
        do
        {
            open += IsOpener() ? 1 : IsCloser() || lexer.IsSymbol(']') ? -1 : 0;
            lexer.Advance();
        }
        while (open > 0 && lexer.Current.Kind != TextTokenKind.End);
    }

    // Skips what stands where a name should: a stray symbol, or a block or an extension name in brackets and its value.
    private void SkipNameless()
    {
        if (IsOpener())
        {
            SkipBalanced();
            if (lexer.Take(':'))
            {
                SkipValue();
            }
        }
        else
        {
            lexer.Advance();
            SkipToField();
        }
    }

    private void SkipToField()
    {
        while (lexer.Current.Kind is not (TextTokenKind.End or TextTokenKind.Identifier) && !IsCloser())
        {
            lexer.Advance();
        }
    }

    private bool IsOpener() => lexer.IsSymbol('{') || lexer.IsSymbol('<') || lexer.IsSymbol('[');

    private bool IsCloser() => lexer.IsSymbol('}') || lexer.IsSymbol('>');

    private string Found() => lexer.Current.Kind switch
    {
        TextTokenKind.End => "the end of the file",
        TextTokenKind.Invalid when lexer.Span[0] is '"' or '\'' => "a string without its closing quote",
        TextTokenKind.Invalid when ByteText.IsByte(lexer.Span[0]) => $"the byte 0x{ByteText.ByteOf(lexer.Span[0]):X2}",
        TextTokenKind.Invalid => $"the character {Visible(lexer.Span)}",
        _ => $"'{Short(lexer.Span)}'",
    };

    private static string Visible(ReadOnlySpan<char> c) =>
        char.IsControl(c[0]) || char.IsSurrogate(c[0]) ? $"U+{CodePoint(c):X4}" : $"'{c}'";

    private static int CodePoint(ReadOnlySpan<char> c) =>
        c.Length > 1 && char.IsSurrogatePair(c[0], c[1]) ? char.ConvertToUtf32(c[0], c[1]) : c[0];

    private static string Short(ReadOnlySpan<char> name) => TextMessages.Short(name);

    private void Report(TextToken at, string message, string? hint = null)
    {
        if (givenUp)
        {
            return;
        }

        if (errors.Count == MaxErrors)
        {
            errors.Add(new Diagnostic(TextMessages.TooManyErrors, Location(at)));
            givenUp = true;
            return;
        }

        errors.Add(new Diagnostic(message, Location(at), hint));
    }

    private SourceLocation Location(TextToken at)
    {
        int column = at.Start - at.LineStart;
        int skipped = Math.Max(0, (column / LineWindow) - 1) * LineWindow;
        if (shownLine.Line != at.Line || shownLine.Start != skipped)
        {
            int from = at.LineStart + skipped;
            ReadOnlySpan<char> shown = text.AsSpan(from, Math.Min(text.Length - from, 4 * LineWindow));
            int newline = shown.IndexOf('\n');
            shownLine = (at.Line, skipped, (newline < 0 ? shown : shown[..newline]).TrimEnd('\r').ToString());
        }

        return new SourceLocation(file, at.Line, column + 1, shownLine.Text, skipped + 1);
    }
}
