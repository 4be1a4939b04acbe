namespace Cnn.Proto;

/// <summary>Plain words of YAML to and from those of the text format.</summary>
internal static class YamlScalar
{
    /// <summary>
    /// YAML's own spellings of infinity, not-a-number, booleans, octal and a leading plus as the text format spells them;
    /// every other word as it is.
    /// </summary>
    public static string ToWord(string plain) => plain switch
    {
        ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF" => "inf",
        "-.inf" or "-.Inf" or "-.INF" => "-inf",
        ".nan" or ".NaN" or ".NAN" => "nan",
        "TRUE" => "true",
        "FALSE" or "False" => "false",
        _ when plain.Length > 2 && plain.StartsWith("0o", StringComparison.Ordinal) => "0" + plain[2..],
        _ when plain.Length > 1 && plain[0] == '+' && (char.IsAsciiDigit(plain[1]) || plain[1] == '.') => plain[1..],
        _ => plain,
    };

    /// <summary>A number as YAML spells it.</summary>
    public static string FromWord(string word) => word switch
    {
        "inf" => ".inf",
        "-inf" => "-.inf",
        "nan" => ".nan",
        _ => word,
    };

    /// <summary>Whether the text format takes a word for one unquoted value: a name or a number, with or without sign.</summary>
    public static bool IsWord(string text)
    {
        var lexer = new TextLexer(text.StartsWith('-') ? text[1..] : text);
        return lexer.Current.Kind is TextTokenKind.Identifier or TextTokenKind.Number
            && lexer.Span.Length == text.Length - (text.StartsWith('-') ? 1 : 0);
    }
}
