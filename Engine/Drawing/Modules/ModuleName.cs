namespace Cnn.Engine.Drawing.Modules;

/// <summary>The name of a module, from those of its layers.</summary>
internal static class ModuleName
{
    private const string Separators = "/._-";

    /// <summary>
    /// Returns what all names begin with, up to a separator: <c>inception_3a</c>, <c>res2b</c>; the last name where
    /// they have nothing in common.
    /// </summary>
    public static string Of(IReadOnlyList<string> names)
    {
        // The box that joins the others may be named otherwise.
        foreach (IReadOnlyList<string> some in (IReadOnlyList<string>[])[names, [.. names.SkipLast(1)]])
        {
            string common = Common(some);
            while (common.Length > 0 && !some.All(n => IsWhole(n, common)))
            {
                common = common[..^1];
            }

            common = common.TrimEnd([.. Separators]);
            if (common.Any(char.IsDigit))
            {
                return common;
            }
        }

        return names[^1];
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
        name.Length == start.Length || Separators.Contains(name[start.Length]) || Separators.Contains(start[^1]);
}
