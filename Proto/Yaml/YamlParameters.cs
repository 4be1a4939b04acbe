using System.Text.RegularExpressions;

namespace Cnn.Proto;

/// <summary>
/// Replaces <c>${name}</c> in the values of a file by what the including file gives, or else by the file's defaults. A
/// value that is nothing but <c>${name}</c> becomes what is given, number or text; <c>$${</c> stands for <c>${</c>.
/// </summary>
/// <param name="places">The file.</param>
internal sealed partial class YamlParameters(YamlPlaces places)
{
    /// <summary>What the name of a parameter is, as a regular expression.</summary>
    public const string NamePattern = "[A-Za-z_][A-Za-z0-9_]*";

    private const string Key = "parameters", Escape = "$${";

    private readonly Dictionary<string, YamlNode> values = new(StringComparer.Ordinal);
    private readonly HashSet<string> declared = new(StringComparer.Ordinal);
    private readonly HashSet<string> used = new(StringComparer.Ordinal);
    private readonly HashSet<YamlNode> visited = new(ReferenceEqualityComparer.Instance);
    private bool isRight = true;

    /// <summary>Replaces the parameters of a file that no other includes by their defaults.</summary>
    /// <returns>Whether all was right; mistakes are reported.</returns>
    public bool Resolve(YamlNode root)
    {
        foreach ((YamlNode name, YamlNode preset) in Declared(root))
        {
            if (preset.IsNull)
            {
                Wrong(places, name, YamlIncludeMessages.UnknownParameter(name.Text), YamlIncludeMessages.MissingAlone);
            }

            Declare(name, preset);
        }

        return ReplaceAll(root);
    }

    /// <summary>Replaces the parameters of an included file.</summary>
    /// <param name="root">The map of the file.</param>
    /// <param name="includer">The file that includes it.</param>
    /// <param name="file">Where that names it.</param>
    /// <param name="with">The values that it gives, a map; null for none.</param>
    /// <returns>Whether all was right; mistakes are reported in the file where they are.</returns>
    public bool Resolve(YamlNode root, YamlPlaces includer, YamlNode file, YamlNode? with)
    {
        var given = Given(includer, with);
        foreach ((YamlNode key, YamlNode value) in given)
        {
            values[key.Text] = value;
        }

        foreach ((YamlNode name, YamlNode preset) in Declared(root))
        {
            if (preset.IsNull && !values.ContainsKey(name.Text))
            {
                string message = YamlIncludeMessages.Missing(places.File, name.Text);
                Wrong(includer, file, message, YamlIncludeMessages.MissingHint(name.Text));
            }

            Declare(name, preset);
        }

        _ = ReplaceAll(root);
        foreach ((YamlNode key, YamlNode _) in given.Where(g => !IsTaken(g.Key.Text) && !includer.GivenUp))
        {
            string? near = Suggestion.For(key.Text, used.Concat(declared));
            Wrong(includer, key, YamlIncludeMessages.NotTaken(places.File, key.Text), near);
        }

        return isRight;

        bool IsTaken(string name) => used.Contains(name) || declared.Contains(name);
    }

    [GeneratedRegex($@"\$\$\{{|\$\{{(?<name>{NamePattern})?\}}?", RegexOptions.CultureInvariant)]
    private static partial Regex Uses();

    [GeneratedRegex($"^{NamePattern}$", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    private List<(YamlNode Key, YamlNode Value)> Given(YamlPlaces includer, YamlNode? with)
    {
        if (with is { Kind: not YamlKind.Map, IsNull: false })
        {
            Wrong(includer, with, TextMessages.Expected("a map of parameters", with.Describe()));
        }

        return with is { Kind: YamlKind.Map } ? Scalars(includer, with, takesNull: false) : [];
    }

    private List<(YamlNode Key, YamlNode Value)> Declared(YamlNode root)
    {
        YamlNode? block = root.Entries.Find(e => e.Key.Text == Key).Value;
        if (block is { Kind: not YamlKind.Map, IsNull: false })
        {
            Wrong(places, block, TextMessages.Expected("a map of parameters and their defaults", block.Describe()));
        }

        return block is { Kind: YamlKind.Map } ? Scalars(places, block, takesNull: true) : [];
    }

    private List<(YamlNode Key, YamlNode Value)> Scalars(YamlPlaces file, YamlNode map, bool takesNull)
    {
        var entries = new List<(YamlNode Key, YamlNode Value)>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach ((YamlNode key, YamlNode value) in map.Entries)
        {
            if (key.Kind != YamlKind.Scalar || !Name().IsMatch(key.Text))
            {
                Wrong(file, key, TextMessages.Expected("the name of a parameter", key.Describe()));
            }
            else if (!names.Add(key.Text))
            {
                Wrong(file, key, $"key '{key.Text}' is given twice");
            }
            else if (value.Kind != YamlKind.Scalar || (value.IsNull && !takesNull))
            {
                Wrong(file, value, TextMessages.Expected("a number or text", value.Describe()));
            }
            else
            {
                entries.Add((key, value));
            }
        }

        return entries;
    }

    // A default may use the parameters above it.
    private void Declare(YamlNode name, YamlNode preset)
    {
        declared.Add(name.Text);
        if (!values.ContainsKey(name.Text))
        {
            Replace(preset, 0);
            values[name.Text] = preset;
        }
    }

    private bool ReplaceAll(YamlNode root)
    {
        if (!isRight)
        {
            return false;
        }

        foreach ((YamlNode key, YamlNode value) in root.Entries)
        {
            if (key.Text != Key)
            {
                Replace(value, 0);
            }
        }

        foreach ((YamlNode name, YamlNode _) in isRight ? Declared(root).FindAll(d => !used.Contains(d.Key.Text)) : [])
        {
            Wrong(places, name, YamlIncludeMessages.NotUsed(name.Text));
        }

        return isRight;
    }

    private void Replace(YamlNode node, int depth)
    {
        if (!visited.Add(node))
        {
            return;
        }

        if (depth > YamlComposer.MaxDepth)
        {
            Wrong(places, node, TextMessages.TooDeep(YamlComposer.MaxDepth));
            return;
        }

        switch (node.Kind)
        {
            case YamlKind.List:
                node.Items.ForEach(item => Replace(item, depth + 1));
                break;
            case YamlKind.Map:
                node.Entries.ForEach(e => Replace(e.Value, depth + 1));
                break;
            default:
                ReplaceIn(node);
                break;
        }
    }

    private void ReplaceIn(YamlNode scalar)
    {
        if (!scalar.Text.Contains("${", StringComparison.Ordinal))
        {
            return;
        }

        if (Uses().Match(scalar.Text) is { Index: 0, Value: not Escape } whole && whole.Length == scalar.Text.Length)
        {
            scalar.TakeValueOf(Find(scalar, whole) ?? scalar);
            return;
        }

        scalar.Text = Uses().Replace(
            scalar.Text, use => use.Value == Escape ? "${" : Find(scalar, use)?.Text ?? "");
    }

    // Returns the value of a use; null after a mistake.
    private YamlNode? Find(YamlNode scalar, Match use)
    {
        string name = use.Groups["name"].Value;
        if (name.Length == 0 || !use.Value.EndsWith('}'))
        {
            Wrong(places, scalar, YamlIncludeMessages.UnclosedParameter, YamlIncludeMessages.UnclosedHint);
            return null;
        }

        used.Add(name);
        if (!values.TryGetValue(name, out YamlNode? value))
        {
            string? near = Suggestion.For(name, values.Keys);
            Wrong(
                places,
                scalar,
                YamlIncludeMessages.UnknownParameter(name),
                near ?? (places.IncludedFrom is null ? null : YamlIncludeMessages.MissingHint(name)));
        }

        return value;
    }

    private void Wrong(YamlPlaces file, YamlNode at, string message, string? hint = null)
    {
        isRight = false;
        file.Report(at.At, message, hint);
    }
}
