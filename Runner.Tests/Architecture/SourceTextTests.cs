using System.Text;
using System.Text.RegularExpressions;

namespace Cnn.Tests.Architecture;

/// <summary>The rules of <c>.editorconfig</c> for the text of sources that no analyzer enforces.</summary>
[Trait("Category", "Unit")]
public partial class SourceTextTests
{
    private const int Columns = 120;

    // Folders that group files but are no namespaces: users of Cnn.Proto want one for definitions and their errors.
    private static readonly string[] FoldersWithoutNamespace =
    [
        "Proto/Definitions", "Proto/Diagnostics", "Proto/Files", "Proto/Text", "Proto/Upgrades", "Proto/Yaml",
    ];

    // The namespace of each project's top folder.
    private static readonly Dictionary<string, string> Namespaces = new()
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
            Namespaces.Keys,
            top => Assert.Contains(Sources, s => s.Path.StartsWith(top + "/", StringComparison.Ordinal)));
    }

    [Fact]
    public void LinesHaveAtMost120Columns() => Assert.Equal(
        [],
        Sources.SelectMany(s => s.Text.Split('\n').Select((line, i) => (Place: $"{s.Path}:{i + 1}", line.Length)))
            .Where(l => l.Length > Columns)
            .Select(l => $"{l.Place} has {l.Length} columns"));

    [Fact]
    public void ThereAreNoTabs() => Assert.Equal(
        [], Sources.Where(s => s.Text.Contains('\t')).Select(s => s.Path));

    // In a raw string a blank at the end of a line is a part of the text.
    [Fact]
    public void NoLineOfCodeEndsInABlank() => Assert.Equal(
        [],
        Sources.SelectMany(s => RawStrings().Replace(s.Text, m => "x" + new string('\n', m.Value.Count(c => c == '\n')))
            .Split('\n')
            .Select((line, i) => (Place: $"{s.Path}:{i + 1}", Line: line)))
            .Where(l => l.Line.EndsWith(' '))
            .Select(l => l.Place));

    [Fact]
    public void FilesEndInOneLineFeedAndHaveNoCarriageReturnsOrByteOrderMarks()
    {
        foreach (var (path, text) in Sources)
        {
            Assert.True(
                text.EndsWith('\n') && !text.EndsWith("\n\n", StringComparison.Ordinal),
                $"{path} does not end in one line feed");
            Assert.False(text.Contains('\r'), $"{path} has carriage returns");
            Assert.NotEqual(0xEF, File.ReadAllBytes(Repository.PathOf(path))[0]);
        }
    }

    [Fact]
    public void UsingsAreSortedSystemFirst()
    {
        foreach (var (path, text) in Sources)
        {
            string[] usings =
            [
                .. Usings().Matches(text)
                    .Select(m => m.Groups["name"].Value.Replace("global::", "", StringComparison.Ordinal)),
            ];
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
        Sources.Where(s => Namespace().IsMatch(s.Text) && Namespaces.ContainsKey(s.Path.Split('/')[0]))
            .Select(
                s => (s.Path, Actual: Namespace().Match(s.Text).Groups["name"].Value, Expected: NamespaceOf(s.Path)))
            .Where(s => s.Actual != s.Expected)
            .Select(s => $"{s.Path} is in {s.Actual}, not in {s.Expected}"));

    private static string NamespaceOf(string path)
    {
        string folder = path[..path.LastIndexOf('/')];
        string? plain = Array.Find(
            FoldersWithoutNamespace, f => folder == f || folder.StartsWith(f + "/", StringComparison.Ordinal));
        string[] parts = (plain is null ? folder : plain[..plain.IndexOf('/')]).Split('/');
        return string.Join('.', [Namespaces[parts[0]], .. parts[1..]]);
    }

    [GeneratedRegex("\"{3}.*?\"{3}", RegexOptions.Singleline)]
    private static partial Regex RawStrings();

    [GeneratedRegex(@"^using (?<name>(global::)?[A-Z][\w.]*);", RegexOptions.Multiline)]
    private static partial Regex Usings();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
