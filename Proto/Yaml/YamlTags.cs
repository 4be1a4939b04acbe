namespace Cnn.Proto;

/// <summary>The tags that YAML defines; others have no meaning here.</summary>
internal static class YamlTags
{
    public const string Null = Prefix + "null";
    public const string Text = Prefix + "str";
    public const string Binary = Prefix + "binary";
    public const string Map = Prefix + "map";
    public const string List = Prefix + "seq";
    public const string Merge = Prefix + "merge";

    /// <summary>PyYAML's tag of a tuple, in what Caffe's Python layers read.</summary>
    public const string Tuple = Prefix + "python/tuple";

    private const string Prefix = "tag:yaml.org,2002:";

    /// <summary>Whether a node of a kind may carry a tag.</summary>
    public static bool IsKnown(string tag, YamlKind kind) => kind switch
    {
        YamlKind.Map => tag == Map,
        YamlKind.List => tag == List,
        _ => tag is Null or Text or Binary or Merge or Prefix + "int" or Prefix + "float" or Prefix + "bool",
    };

    /// <summary>Returns the tag as people write it.</summary>
    public static string Short(string tag) =>
        tag.StartsWith(Prefix, StringComparison.Ordinal) ? "!!" + tag[Prefix.Length..] : tag;
}
