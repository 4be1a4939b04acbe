namespace Cnn.Proto;

/// <summary>
/// Splits prototxt into tokens, with one token of look-ahead. Takes time linear in the text; never throws.
/// </summary>
internal sealed class TextLexer
{
    private readonly string text;
    private int position;
    private int line = 1;
    private int lineStart;

    public TextLexer(string text)
    {
        this.text = text;
        if (text.Length > 0 && text[0] == '\uFEFF')
        {
            position = lineStart = 1;
        }

        Advance();
    }

    /// <summary>Returns a lexer at the same place of the same text.</summary>
    public TextLexer Copy() => (TextLexer)MemberwiseClone();

    /// <summary>The current token.</summary>
    public TextToken Current { get; private set; }

    /// <summary>The line on which the previous token ends.</summary>
    public int PreviousLine { get; private set; } = 1;

    /// <summary>The characters of the current token.</summary>
    public ReadOnlySpan<char> Span => text.AsSpan(Current.Start, Current.Length);

    /// <summary>Whether the current token is this symbol.</summary>
    public bool IsSymbol(char symbol) => Current.Kind == TextTokenKind.Symbol && text[Current.Start] == symbol;

    /// <summary>
    /// Whether the current token begins the next field, so that the value before it is missing: a name on a new line,
    /// followed by what follows the name of a field.
    /// </summary>
    public bool IsNextField
    {
        get
        {
            if (Current.Kind != TextTokenKind.Identifier || Current.Line == PreviousLine)
            {
                return false;
            }

            ReadOnlySpan<char> after = text.AsSpan(position).TrimStart(' ');
            return !after.IsEmpty && (after[0] is ':' or '{' or '<');
        }
    }

    /// <summary>Takes the current token if it is this symbol.</summary>
    public bool Take(char symbol)
    {
        if (!IsSymbol(symbol))
        {
            return false;
        }

        Advance();
        return true;
    }

    /// <summary>Advances to the next token.</summary>
    public void Advance()
    {
        PreviousLine = line;
        SkipSpace();
        int start = position;
        var kind = TextTokenKind.End;
        if (start < text.Length)
        {
            char c = text[start];
            if (IsLetter(c))
            {
                kind = TextTokenKind.Identifier;
                SkipWord();
            }
            else if (char.IsAsciiDigit(c)
                || (c == '.' && start + 1 < text.Length && char.IsAsciiDigit(text[start + 1])))
            {
                kind = TextTokenKind.Number;
                SkipNumber();
            }
            else if (c is '"' or '\'')
            {
                kind = SkipString(c);
            }
            else
            {
                kind = "{}<>[]:,;-".Contains(c) ? TextTokenKind.Symbol : TextTokenKind.Invalid;
                position += char.IsHighSurrogate(c) && start + 1 < text.Length ? 2 : 1;
            }
        }

        Current = new TextToken(kind, start, position - start, line, lineStart);
    }

    private static bool IsLetter(char c) => char.IsAsciiLetter(c) || c == '_';

    private void SkipSpace()
    {
        for (; position < text.Length; position++)
        {
            char c = text[position];
            if (c == '\n')
            {
                line++;
                lineStart = position + 1;
            }
            else if (c == '#')
            {
                int end = text.IndexOf('\n', position);
                position = (end < 0 ? text.Length : end) - 1;
            }
            else if (c is not (' ' or '\t' or '\r' or '\v' or '\f'))
            {
                return;
            }
        }
    }

    private void SkipWord()
    {
        while (position < text.Length && (IsLetter(text[position]) || char.IsAsciiDigit(text[position])))
        {
            position++;
        }
    }

    // Takes everything that a number may contain, so that 12abc is one wrong number and not two tokens.
    private void SkipNumber()
    {
        bool isHex = text.AsSpan(position).StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        while (position < text.Length)
        {
            char c = text[position];
            bool isExponentSign = (c is '+' or '-') && !isHex && (text[position - 1] is 'e' or 'E');
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_') && !isExponentSign)
            {
                return;
            }

            position++;
        }
    }

    private TextTokenKind SkipString(char quote)
    {
        for (position++; position < text.Length; position++)
        {
            char c = text[position];
            if (c == quote)
            {
                position++;
                return TextTokenKind.String;
            }

            if (c == '\n')
            {
                break;
            }

            if (c == '\\' && position + 1 < text.Length && text[position + 1] != '\n')
            {
                position++;
            }
        }

        return TextTokenKind.Invalid;
    }
}
