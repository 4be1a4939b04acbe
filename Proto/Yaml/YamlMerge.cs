namespace Cnn.Proto;

/// <summary>
/// Resolves merge keys: <c>&lt;&lt;: *anchor</c>, or a list of such aliases, adds the entries that a map does not have
/// itself; earlier maps of the list take precedence.
/// </summary>
internal sealed class YamlMerge(YamlPlaces places, Func<YamlNode, bool> spend)
{
    private const string Key = "<<";

    /// <summary>
    /// Returns the entries of a map, its own first, each name once. Reports repeated names and wrong merges.
    /// </summary>
    public List<(YamlNode Key, YamlNode Value)> Flatten(YamlNode map)
    {
        var entries = new List<(YamlNode, YamlNode)>(map.Entries.Count);
        Add(map, entries, [], 0);
        return entries;
    }

    private void Add(YamlNode map, List<(YamlNode Key, YamlNode Value)> entries, HashSet<string> names, int depth)
    {
        if (depth > YamlComposer.MaxDepth)
        {
            places.GiveUp(map.At, TextMessages.TooDeep(YamlComposer.MaxDepth));
            return;
        }

        // A map names each of its keys once; a key that another map has already given is overridden, which is not an
        // error.
        var own = new HashSet<string>();
        YamlNode? merged = null;
        foreach ((YamlNode key, YamlNode value) in map.Entries)
        {
            if (!spend(key))
            {
                return;
            }

            if (key.Kind != YamlKind.Scalar)
            {
                places.Report(key.At, YamlMessages.KeyIsNoName);
            }
            else if (!own.Add(key.Text))
            {
                places.Report(key.At, $"key '{key.Text}' is given twice");
            }
            else if (key.Text == Key && key.IsPlain)
            {
                merged = value;
            }
            else if (names.Add(key.Text))
            {
                entries.Add((key, value));
            }
        }

        if (merged is not null)
        {
            Merge(merged, entries, names, depth);
        }
    }

    private void Merge(YamlNode merged, List<(YamlNode, YamlNode)> entries, HashSet<string> names, int depth)
    {
        foreach (YamlNode map in merged.Kind == YamlKind.List ? merged.Items : [merged])
        {
            if (places.GivenUp)
            {
                return;
            }

            if (map.Kind == YamlKind.Map)
            {
                Add(map, entries, names, depth + 1);
            }
            else
            {
                places.Report(map.At, TextMessages.Expected("a map to merge", map.Describe()), YamlMessages.MergeHint);
            }
        }
    }
}
