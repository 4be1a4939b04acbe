namespace Cnn.Proto;

/// <summary>Converts plain words between YAML and the text format.</summary>
internal static class YamlScalar
{
    /// <summary>
    /// Returns the word for a value of a field; null when YAML reads the plain word as something that the field cannot
    /// hold.
    /// </summary>
    /// <param name="plain">The word as YAML has it.</param>
    /// <param name="isNumber">Whether the field holds only numbers, neither booleans nor names.</param>
    public static string? ToWord(string plain, bool isNumber) =>
        YamlNumber.ToWord(plain) ?? (isNumber || !IsName(plain) ? null : Boolean(plain));

    /// <summary>
    /// Returns the unquoted word for a value of a free-form option; null when YAML reads the plain word as text.
    /// </summary>
    public static string? ToOption(string plain) =>
        YamlNumber.ToWord(plain)
        ?? (IsName(plain) && !TextNumber.TryParseReal(plain, out double _) ? Boolean(plain) : null);

    /// <summary>
    /// Returns a word of the text format as YAML spells it; null when it is neither a name nor a number.
    /// </summary>
    public static string? FromWord(string word) => YamlNumber.FromWord(word) ?? (IsName(word) ? word : null);

    /// <summary>Whether the text format takes a word for a name.</summary>
    public static bool IsName(string text)
    {
        var lexer = new TextLexer(text);
        return lexer.Current.Kind == TextTokenKind.Identifier && lexer.Span.Length == text.Length;
    }

    private static string Boolean(string plain) => plain switch
    {
        "TRUE" => "true",
        "FALSE" or "False" => "false",
        _ => plain,
    };
}
