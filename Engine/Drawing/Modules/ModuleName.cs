namespace Cnn.Engine.Drawing.Modules;

/// <summary>The name of a module, from those of its layers.</summary>
internal static class ModuleName
{
    private const string Separators = "/._-";

    /// <summary>
    /// Returns the longest beginning with a number, up to a separator, that more than half of the names have:
    /// <c>inception_3a</c>, <c>res2b</c>; the last name where there is none.
    /// </summary>
    public static string Of(IReadOnlyList<string> names)
    {
        string best = "";
        foreach (string name in names)
        {
            for (int length = best.Length + 1; length <= name.Length; length++)
            {
                string start = name[..length];
                if (IsWhole(name, start) && start.Any(char.IsAsciiDigit)
                    && 2 * names.Count(n => n.StartsWith(start, StringComparison.Ordinal) && IsWhole(n, start))
                    > names.Count)
                {
                    best = start;
                }
            }
        }

        return best.Length > 0 ? best : names[^1];
    }

    /// <summary>
    /// Returns what all names begin with, up to and with a slash or a dot; empty where there is none.
    /// </summary>
    public static string Folder(IEnumerable<string> names)
    {
        string common = Common([.. names]);
        return common[..(common.LastIndexOfAny(['/', '.']) + 1)];
    }

    private static string Common(IReadOnlyList<string> names)
    {
        int length = names[0].Length;
        foreach (string name in names)
        {
            length = Math.Min(length, name.AsSpan().CommonPrefixLength(names[0]));
        }

        return names[0][..length];
    }

    private static bool IsWhole(string name, string start) =>
        name.Length == start.Length || Separators.Contains(name[start.Length]);
}
