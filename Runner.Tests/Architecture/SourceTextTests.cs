using System.Text;
using System.Text.RegularExpressions;

namespace Cnn.Tests.Architecture;

/// <summary>What <c>.editorconfig</c> says of the text of sources and no analyzer holds.</summary>
[Trait("Category", "Unit")]
public partial class SourceTextTests
{
    private const int Columns = 120;

    // Folders that order files, not names: who uses Cnn.Proto wants one namespace for definitions and their errors.
    private static readonly string[] FoldersWithoutNamespace =
    [
        "Proto/Definitions", "Proto/Diagnostics", "Proto/Files", "Proto/Text", "Proto/Upgrades", "Proto/Yaml",
    ];

    // The namespace of each project's top folder.
    private static readonly Dictionary<string, string> Rooms = new()
    {
        ["Proto"] = "Cnn.Proto",
        ["Fillers"] = "Cnn.Fillers",
        ["Layers"] = "Cnn.Layers",
        ["Engine"] = "Cnn.Engine",
        ["Runner"] = "Cnn.Runner",
        ["Runner.Tests"] = "Cnn.Tests",
        ["Runner.Bench"] = "Cnn.Bench",
    };

    private static readonly (string Path, string Text)[] Sources =
    [
        .. RepositoryFiles.WithExtension(".cs").Select(p => (p, File.ReadAllText(Repository.PathOf(p), Encoding.UTF8))),
    ];

    [Fact]
    public void AllSourcesAreLookedAt()
    {
        Assert.True(Sources.Length > 300, $"only {Sources.Length} sources were found");
        Assert.All(
            Rooms.Keys, room => Assert.Contains(Sources, s => s.Path.StartsWith(room + "/", StringComparison.Ordinal)));
    }

    [Fact]
    public void LinesHaveAtMost120Columns() => Assert.Equal(
        [],
        Sources.SelectMany(s => s.Text.Split('\n').Select((line, i) => (Place: $"{s.Path}:{i + 1}", line.Length)))
            .Where(l => l.Length > Columns)
            .Select(l => $"{l.Place} has {l.Length} columns"));

    // In a raw string they are a part of the text.
    [Fact]
    public void NoLineOfCodeHasATabOrEndsInABlank() => Assert.Equal(
        [],
        Sources.SelectMany(s => Code(s.Text).Split('\n').Select((line, i) => (Place: $"{s.Path}:{i + 1}", Line: line)))
            .Where(l => l.Line.Contains('\t') || l.Line.EndsWith(' '))
            .Select(l => l.Place));

    [Fact]
    public void FilesEndInOneLineFeedAndHaveNoCarriageReturnsOrByteOrderMarks()
    {
        foreach (var (path, text) in Sources)
        {
            Assert.True(
                text.EndsWith('\n') && !text.EndsWith("\n\n", StringComparison.Ordinal), $"{path} ends otherwise");
            Assert.False(text.Contains('\r'), $"{path} has carriage returns");
            Assert.NotEqual(0xEF, File.ReadAllBytes(Repository.PathOf(path))[0]);
        }
    }

    [Fact]
    public void UsingsAreSortedSystemFirst()
    {
        foreach (var (path, text) in Sources)
        {
            string[] usings = [.. Usings().Matches(text).Select(m => m.Groups["name"].Value)];
            string[] sorted =
            [
                .. usings.OrderBy(u => u != "System" && !u.StartsWith("System.", StringComparison.Ordinal))
                    .ThenBy(u => u, StringComparer.OrdinalIgnoreCase),
            ];
            Assert.True(sorted.SequenceEqual(usings), $"{path}: usings are {string.Join(", ", usings)}");
        }
    }

    [Fact]
    public void ANamespaceIsItsFolder() => Assert.Equal(
        [],
        Sources.Where(s => Namespace().IsMatch(s.Text) && Rooms.ContainsKey(s.Path.Split('/')[0]))
            .Select(
                s => (s.Path, Actual: Namespace().Match(s.Text).Groups["name"].Value, Expected: NamespaceOf(s.Path)))
            .Where(s => s.Actual != s.Expected)
            .Select(s => $"{s.Path} is in {s.Actual}, not in {s.Expected}"));

    // The text without what is in raw strings, line by line.
    private static string Code(string text) =>
        RawStrings().Replace(text, m => $"\"{new string('\n', m.Value.Count(c => c == '\n'))}\"");

    private static string NamespaceOf(string path)
    {
        string folder = path[..path.LastIndexOf('/')];
        string? plain = Array.Find(
            FoldersWithoutNamespace, f => folder == f || folder.StartsWith(f + "/", StringComparison.Ordinal));
        string[] parts = (plain is null ? folder : plain[..plain.IndexOf('/')]).Split('/');
        return string.Join('.', [Rooms[parts[0]], .. parts[1..]]);
    }

    [GeneratedRegex("\"{3}.*?\"{3}", RegexOptions.Singleline)]
    private static partial Regex RawStrings();

    [GeneratedRegex(@"^using (?<name>[A-Z][\w.]*);", RegexOptions.Multiline)]
    private static partial Regex Usings();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
