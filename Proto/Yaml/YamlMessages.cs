using Google.Protobuf.Reflection;

namespace Cnn.Proto;

/// <summary>The messages of the YAML reader alone; the shared ones are in <see cref="TextMessages"/>.</summary>
internal static class YamlMessages
{
    public const string SeveralDocuments = "the file holds several YAML documents; one was expected";
    public const string NotBase64 = "the text after !!binary is not base64";
    public const string KeyIsNoName = "a key is a plain name, not a map or list";
    public const string MergeHint = "'<<' takes an alias to a map, or a list of such";
    public const string NestedList = "a list inside a list; the schema has none";
    public const string NotYaml = "this is not YAML from here on";
    public const string NotYamlHint = "lines inside brackets are indented, and each bracket and quote is closed";
    public const string ScalarHint = "write it without quotes";

    public const string EndsEarly = "the YAML ends too early";

    private const string NextLine = "write the list on the next line";
    private const string Backslash = "write \\\\ for a backslash, or use single quotes";

    // The parser's mistakes, recognised by words in its messages; the first match counts.
    private static readonly (string Parser, string Message, string? Hint)[] Mistakes =
    [
        ("tab", "a tab stands where YAML indents", "indent with spaces"),
        ("cannot start any token", "this character starts nothing in YAML", "put the text in quotes"),
        ("expected ',' or '}'", "',' or '}' is missing in a map in braces", null),
        ("expected ',' or ']'", "',' or ']' is missing in a list in brackets", null),
        ("expected '-' indicator", "an element of the list does not start with '-'", "write its '-' below the others'"),
        ("block mapping, did not find expected key", "a key was expected", "the keys of a map stand below each other"),
        ("simple key, could not find expected ':'", "':' is missing after a key", "a key in one line ends with ': '"),
        ("Mapping values are not allowed", "a key and ':' cannot stand here", "quote a text that holds ': '"),
        ("invalid mapping", "a key and ':' cannot stand here", "quote a text that holds ': '"),
        ("Mapping keys are not allowed", "'?' cannot stand here", null),
        ("Block sequence entries are not allowed", "'-' cannot start an element of a list here", NextLine),
        ("sequence entry on same line", "'-' cannot start an element of a list here", NextLine),
        ("quoted scalar, found unexpected end", "the text in quotes does not end", "add the closing quote"),
        ("quoted scalar, found unexpected document", "the text in quotes does not end", "add the closing quote"),
        ("unknown escape", "the escape after '\\' is unknown", Backslash),
        ("hexadecimal number", "the escape lacks a hexadecimal digit", Backslash),
        ("invalid Unicode", "the escape is not a Unicode character", null),
        ("wrong indentation", "the text in quotes continues to the left of its start", "indent its lines"),
        ("more than one anchor", "a value has two anchors", null),
        ("anchor or alias", "the name of an anchor cannot hold []{},", null),
        ("undefined tag handle", "the tag's prefix is not defined", null),
        ("duplicate %", "a directive is given twice", null),
        ("incompatible YAML", "the file asks for another version of YAML", "version 1.2 is read"),
        ("directive", "the directive after '%' is wrong", "quote a text that starts with '%'"),
        ("block scalar", "the text block after '|' or '>' is wrong", "its lines are indented alike"),
        ("comment", "a comment cannot stand here", "' #' starts one; quote a text that holds it"),
        ("document", "'---' or '...' cannot stand here", null),
        ("end of the stream", EndsEarly, null),
        ("tag", "the tag after '!' is wrong", "quote a text that starts with '!'"),
    ];

    /// <summary>Returns our message for a mistake that the parser found.</summary>
    /// <param name="parser">The parser's message.</param>
    public static (string Message, string? Hint) OfParser(string parser)
    {
        foreach ((string words, string message, string? hint) in Mistakes)
        {
            if (parser.Contains(words, StringComparison.Ordinal))
            {
                return (message, hint);
            }
        }

        return (NotYaml, NotYamlHint);
    }

    public static string TooMany(int limit) =>
        $"the file holds more than {limit} values; keep weights in a binary file";

    public static string TooMuchExpanded(int limit) => $"aliases expand to more than {limit} values";

    public static string UnknownAnchor(string name) => $"no anchor '&{name}' stands before this alias";

    public static string AliasInItself(string name) => $"alias '*{name}' stands inside its own anchor";

    public static string UnknownTag(string tag) => $"tag '{YamlTags.Short(tag)}' has no meaning here";

    /// <summary>
    /// Returns what to write instead of a word that YAML does not take for a number; null when that is unclear.
    /// </summary>
    public static string? NumberHint(string word) => word.TrimStart('-', '+').ToLowerInvariant() switch
    {
        "inf" or "infinity" => $"YAML writes {(word[0] == '-' ? "-" : "")}.inf",
        "nan" => "YAML writes .nan",
        _ when word.Contains('_', StringComparison.Ordinal)
            && YamlNumber.ToWord(word.Replace("_", "", StringComparison.Ordinal)) is { } plain => $"write {plain}",
        _ => null,
    };

    /// <summary>Returns a type's name, without the quotes that YAML does not require.</summary>
    public static string TypeName(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.String => "text",
        FieldType.Bytes => "!!binary and base64, or text",
        FieldType.Message => $"a map, the {field.MessageType.Name}",
        _ => TextMessages.TypeName(field),
    };
}
