using System.Text;
using System.Text.RegularExpressions;

namespace Cnn.Tests.Docs;

/// <summary>What the pages need to know of Markdown.</summary>
internal static partial class Markdown
{
    /// <summary>Returns plain text so that no character of it means anything to Markdown.</summary>
    public static string Escape(string text) => Special().Replace(text, @"\$0");

    /// <summary>Returns text for a cell of a table, where a bar in code needs another spelling.</summary>
    public static string Cell(string text) => CodeWithBars().Replace(text, Bars).Replace(
        "|", @"\|", StringComparison.Ordinal);

    /// <summary>Returns a row of a table.</summary>
    public static string Row(params string[] cells) => $"| {string.Join(" | ", cells.Select(Cell))} |";

    /// <summary>Returns the name by which links find a heading: GitHub's rule, which DocFX follows.</summary>
    public static string Anchor(string heading)
    {
        var anchor = new StringBuilder();
        foreach (char c in heading.Trim().ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            {
                anchor.Append(c);
            }
            else if (c == ' ')
            {
                anchor.Append('-');
            }
        }

        return anchor.ToString();
    }

    /// <summary>Returns the anchors of a page's headings, repeated ones numbered.</summary>
    public static IEnumerable<string> Anchors(IEnumerable<string> lines)
    {
        var seen = new Dictionary<string, int>();
        bool isCode = false;
        foreach (string line in lines)
        {
            isCode ^= line.StartsWith("```", StringComparison.Ordinal);
            if (!isCode && Heading().Match(line) is { Success: true } heading)
            {
                string anchor = Anchor(heading.Groups["text"].Value.Replace("`", "", StringComparison.Ordinal));
                int count = seen[anchor] = seen.GetValueOrDefault(anchor, -1) + 1;
                yield return count == 0 ? anchor : $"{anchor}-{count}";
            }
        }
    }

    // Characters that mean something where they stand: brackets and underscores inside words do not.
    [GeneratedRegex(@"\\(?=\p{P})|<(?=[A-Za-z/!?])|\*(?=\S)|(?<=\S)\*|(?<!\w)_|_(?!\w)|`")]
    private static partial Regex Special();

    private static string Bars(Match code) =>
        $"<code>{Escape(code.Groups["code"].Value).Replace("|", "&#124;", StringComparison.Ordinal)}</code>";

    [GeneratedRegex(@"`(?<code>[^`|]*\|[^`]*)`")]
    private static partial Regex CodeWithBars();

    [GeneratedRegex("^#{1,6} (?<text>.+)$")]
    private static partial Regex Heading();
}
