using System.Text;
using System.Text.RegularExpressions;
using Cnn.Proto;

namespace Cnn.Runner.Commands.Support;

/// <summary>
/// Finds files as a shell does: <c>*</c>, <c>?</c> and <c>[a-z]</c> stand for characters of a name, <c>**</c> for
/// folders of any depth. Names that begin with a dot are found only where the pattern has the dot.
/// </summary>
internal static class GlobPattern
{
    // The depth bounds what a link to a folder above it costs.
    private const int MostFolders = 16;

    /// <summary>Returns whether a text has characters that stand for others.</summary>
    public static bool IsPattern(string text) => text.AsSpan().ContainsAny('*', '?', '[');

    /// <summary>Returns the files that match, in ordinal order.</summary>
    /// <exception cref="CnnException">A folder cannot be read.</exception>
    public static string[] Files(string pattern)
    {
        try
        {
            string root = Path.GetPathRoot(pattern) ?? "";
            string[] names = pattern[root.Length..].Split(
                [Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
            return [.. Below(root, names, 0).Distinct().Order(StringComparer.Ordinal)];
        }
        catch (Exception exception) when (FileErrors.From(pattern, "read", exception) is { } error)
        {
            throw error;
        }
    }

    private static IEnumerable<string> Below(string folder, ReadOnlyMemory<string> names, int depth)
    {
        string name = names.Span[0];
        ReadOnlyMemory<string> rest = names[1..];
        if (rest.IsEmpty)
        {
            return IsPattern(name) ? Matching(Directory.EnumerateFiles(Listed(folder)), folder, name)
                : File.Exists(Path.Combine(folder, name)) ? [Path.Combine(folder, name)]
                : [];
        }

        if (name == "**")
        {
            IEnumerable<string> here = Below(folder, rest, depth);
            return depth >= MostFolders ? here : here.Concat(
                Folders(folder, "*").SelectMany(below => Below(below, names, depth + 1)));
        }

        return Folders(folder, name).SelectMany(below => Below(below, rest, depth));
    }

    private static IEnumerable<string> Folders(string folder, string name) =>
        IsPattern(name) ? Matching(Directory.EnumerateDirectories(Listed(folder)), folder, name)
        : Directory.Exists(Path.Combine(folder, name)) ? [Path.Combine(folder, name)]
        : [];

    private static IEnumerable<string> Matching(IEnumerable<string> paths, string folder, string pattern)
    {
        var expression = new Regex(Expression(pattern), RegexOptions.NonBacktracking | RegexOptions.Singleline);
        return paths.Select(path => Path.GetFileName(path))
            .Where(name => (pattern[0] == '.' || name[0] != '.') && expression.IsMatch(name))
            .Select(name => Path.Combine(folder, name));
    }

    private static string Listed(string folder) => folder.Length == 0 ? "." : folder;

    private static string Expression(string pattern)
    {
        var text = new StringBuilder(@"\A");
        for (int i = 0; i < pattern.Length; i++)
        {
            // A bracket right after the first is a character of the set.
            int end = pattern[i] == '[' && i + 2 < pattern.Length ? pattern.IndexOf(']', i + 2) : -1;
            if (end > 0)
            {
                bool isNot = pattern[i + 1] is '!' or '^';
                string set = pattern[(isNot ? i + 2 : i + 1)..end]
                    .Replace("\\", "\\\\", StringComparison.Ordinal)
                    .Replace("[", "\\[", StringComparison.Ordinal)
                    .Replace("]", "\\]", StringComparison.Ordinal)
                    .Replace("^", "\\^", StringComparison.Ordinal);
                text.Append(isNot ? "[^" : "[").Append(set).Append(']');
                i = end;
            }
            else
            {
                text.Append(pattern[i] switch
                {
                    '*' => ".*",
                    '?' => ".",
                    char other => Regex.Escape(other.ToString()),
                });
            }
        }

        return text.Append(@"\z").ToString();
    }
}
