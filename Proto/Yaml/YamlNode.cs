using YamlDotNet.Core;

namespace Cnn.Proto;

/// <summary>The kind of a node of a YAML document.</summary>
internal enum YamlKind
{
    Scalar,
    List,
    Map,
}

/// <summary>
/// A node of a YAML document. An alias is represented by the node it refers to, so the document is a graph without
/// cycles.
/// </summary>
internal sealed class YamlNode(YamlKind kind, Mark at, string? tag)
{
    // Created on demand, because most nodes are scalars.
    private List<YamlNode>? items;
    private List<(YamlNode Key, YamlNode Value)>? entries;

    public YamlKind Kind { get; } = kind;

    public Mark At { get; } = at;

    /// <summary>The tag as written, resolved to its full form; null for none.</summary>
    public string? Tag { get; private set; } = tag;

    /// <summary>A scalar's text, unescaped.</summary>
    public string Text { get; set; } = "";

    /// <summary>Whether a scalar has neither quotes nor a block's marker.</summary>
    public bool IsPlain { get; set; }

    /// <summary>A list's elements.</summary>
    public List<YamlNode> Items => items ??= [];

    /// <summary>A map's keys and values, as written.</summary>
    public List<(YamlNode Key, YamlNode Value)> Entries => entries ??= [];

    /// <summary>Whether it is an empty plain scalar, ~ or null, which means no value.</summary>
    public bool IsNull =>
        Kind == YamlKind.Scalar && IsPlain
        && (Tag is null or YamlTags.Null)
        && (Text is "" or "~" or "null" or "Null" or "NULL");

    /// <summary>Makes a scalar the same as another, which stays where it is.</summary>
    public void TakeValueOf(YamlNode other)
    {
        (Text, IsPlain) = (other.Text, other.IsPlain);
        Tag ??= other.Tag;
    }

    /// <summary>Describes the node for errors.</summary>
    public string Describe() => Kind switch
    {
        YamlKind.List => "a list",
        YamlKind.Map => "a map",
        _ when IsPlain && Text.Length == 0 => "nothing",
        _ => IsPlain ? $"'{Shown}'" : $"the quoted text '{Shown}'",
    };

    private string Shown => Text.Length > 40 ? Text[..40] + "..." : Text;
}
