namespace Cnn.Proto;

/// <summary>A piece of YAML with its place: a scalar, a list or a map.</summary>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column, from 1.</param>
internal abstract record YamlNode(int Line, int Column);

/// <summary>A scalar.</summary>
/// <param name="Value">Its text.</param>
/// <param name="IsPlain">Whether it is written without quotes.</param>
/// <param name="IsBinary">Whether it carries the tag !!binary: base64.</param>
internal sealed record YamlScalar(int Line, int Column, string Value, bool IsPlain, bool IsBinary) : YamlNode(Line, Column)
{
    /// <summary>Whether it stands for nothing: an empty value or <c>null</c>.</summary>
    public bool IsNull => IsPlain && Value is "" or "~" or "null";
}

/// <summary>A list.</summary>
internal sealed record YamlList(int Line, int Column) : YamlNode(Line, Column)
{
    public List<YamlNode> Items { get; } = [];
}

/// <summary>A map, merge keys included as written.</summary>
internal sealed record YamlMap(int Line, int Column) : YamlNode(Line, Column)
{
    public List<(YamlScalar Key, YamlNode Value)> Entries { get; } = [];
}
