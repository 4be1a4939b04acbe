using System.Text.RegularExpressions;

namespace Cnn.Tests.Docs;

/// <summary>A Markdown file of the repository.</summary>
/// <param name="Path">Its path from the top folder.</param>
/// <param name="Lines">Its lines.</param>
internal sealed partial record DocumentFile(string Path, string[] Lines)
{
    /// <summary>All files that users read: those at the top, in <c>docs</c> and in <c>Models</c>.</summary>
    public static IReadOnlyList<DocumentFile> All { get; } =
    [
        .. Directory.GetFiles(Repository.Root, "*.md")
            .Concat(Directory.GetFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories))
            .Concat(Directory.GetFiles(Repository.PathOf("Models"), "README.md", SearchOption.AllDirectories))
            .Order(StringComparer.Ordinal)
            .Select(path => new DocumentFile(
                System.IO.Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'), File.ReadAllLines(path))),
    ];

    /// <summary>The files of the documentation: the README and <c>docs</c>.</summary>
    public static IEnumerable<DocumentFile> OfDocs =>
        All.Where(f => f.Path == "README.md" || f.Path.StartsWith("docs/", StringComparison.Ordinal));

    /// <summary>Returns the blocks of code in a language.</summary>
    public IEnumerable<DocumentBlock> Blocks(string language)
    {
        for (int i = 0; i < Lines.Length; i++)
        {
            if (Lines[i] == "```" + language)
            {
                string[] block = [.. Lines.Skip(i + 1).TakeWhile(line => line != "```")];
                yield return new DocumentBlock($"{Path}:{i + 2}", language, string.Join('\n', block) + "\n");
            }
        }
    }

    /// <summary>Returns the lines of code that begin with a word, indented or in blocks without a language.</summary>
    public IEnumerable<(string Place, string Text)> CommandLines(string word) =>
        Lines.Select((line, i) => (Place: $"{Path}:{i + 1}", Text: line))
            .Where(l => l.Text.StartsWith("    " + word + " ", StringComparison.Ordinal))
            .Select(l => (l.Place, l.Text.Trim()));

    /// <summary>Returns the targets of links and pictures outside of code.</summary>
    public IEnumerable<(string Place, string Target)> Links()
    {
        bool isCode = false;
        for (int i = 0; i < Lines.Length; i++)
        {
            isCode ^= Lines[i].StartsWith("```", StringComparison.Ordinal);
            if (isCode || Lines[i].StartsWith("    ", StringComparison.Ordinal))
            {
                continue;
            }

            foreach (Match link in Link().Matches(Code().Replace(Lines[i], "code")))
            {
                yield return ($"{Path}:{i + 1}", link.Groups["target"].Value);
            }
        }
    }

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex Code();
}
