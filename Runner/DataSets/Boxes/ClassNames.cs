using System.Globalization;
using System.Text.RegularExpressions;
using Cnn.Proto;

namespace Cnn.Runner.DataSets.Boxes;

/// <summary>
/// The names of the classes of objects. They come from a file: a name a line, the first of which is class 1, or 0 if it
/// is <c>background</c>; or SSD's labelmap, <c>item { name: "cat" label: 8 }</c>. Or they are numbered from 1.
/// </summary>
public sealed partial class ClassNames
{
    private const string Background = "background";

    private readonly Dictionary<string, int> labels;

    private ClassNames(Dictionary<string, int> labels) => this.labels = labels;

    /// <summary>The names by their labels; a label without a name has an empty one.</summary>
    public IReadOnlyList<string> ByLabel
    {
        get
        {
            var names = new string[labels.Values.Append(0).Max() + 1];
            Array.Fill(names, "");
            names[0] = Background;
            foreach (var (name, label) in labels)
            {
                names[label] = name;
            }

            return names;
        }
    }

    /// <summary>Numbers names from 1 in their order.</summary>
    public static ClassNames Number(IEnumerable<string> names)
    {
        var labels = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string name in names)
        {
            labels.TryAdd(name, labels.Count + 1);
        }

        return new ClassNames(labels);
    }

    /// <summary>Reads a file of names.</summary>
    /// <exception cref="CnnException">It cannot be read, is empty, or names a class twice.</exception>
    public static ClassNames Read(string path)
    {
        string text = FileText.Decode(FileText.ReadBytes(path), path);
        var labels = new Dictionary<string, int>(StringComparer.Ordinal);
        MatchCollection items = Item().Matches(text);
        if (items.Count > 0)
        {
            foreach (Match item in items)
            {
                AddItem(path, text, item, labels);
            }
        }
        else
        {
            AddLines(path, text, labels);
        }

        return labels.Count > 0 ? new ClassNames(labels) : throw new CnnException($"'{path}' names no classes");
    }

    /// <summary>Returns the label of a class.</summary>
    /// <returns>Whether the class has one.</returns>
    public bool TryFind(string name, out int label) => labels.TryGetValue(name, out label);

    private static void AddItem(string path, string text, Match item, Dictionary<string, int> labels)
    {
        int line = text.AsSpan(0, item.Index).Count('\n') + 1;
        Match name = Name().Match(item.Value), label = Label().Match(item.Value);
        if (!name.Success || !label.Success || !int.TryParse(
            label.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number > 65535)
        {
            throw new CnnException(new Diagnostic(
                "an item has no name or no label",
                new SourceLocation(path, line, 1),
                "item { name: \"cat\" label: 8 }"));
        }

        Add(path, line, name.Groups[1].Value, number, labels);
    }

    private static void AddLines(string path, string text, Dictionary<string, int> labels)
    {
        int line = 0, next = 1;
        foreach (ReadOnlySpan<char> part in text.AsSpan().EnumerateLines())
        {
            line++;
            string name = part.Trim().ToString();
            if (name.Length > 0)
            {
                next = labels.Count == 0 && name == Background ? 0 : next;
                Add(path, line, name, next++, labels);
            }
        }
    }

    private static void Add(string path, int line, string name, int label, Dictionary<string, int> labels)
    {
        if (!labels.TryAdd(name, label))
        {
            throw new CnnException(new Diagnostic(
                $"the class '{name}' is named twice", new SourceLocation(path, line, 1)));
        }
    }

    [GeneratedRegex(@"\bitem\s*:?\s*\{[^{}]*\}")]
    private static partial Regex Item();

    [GeneratedRegex("""(?<![\w])name\s*:\s*["']([^"']*)["']""")]
    private static partial Regex Name();

    [GeneratedRegex(@"(?<![\w])label\s*:\s*(\d+)")]
    private static partial Regex Label();
}
