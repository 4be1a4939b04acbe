namespace Cnn.Tests;

/// <summary>
/// The folders of the golden cases: next to the tests those of Caffe and of its forks, and the one that the environment
/// variable CNN_GOLDENS names.
/// </summary>
internal static class GoldenFolders
{
    public static IReadOnlyList<string> Roots { get; } =
    [
        Path.Combine(AppContext.BaseDirectory, "Goldens"),
        Path.Combine(AppContext.BaseDirectory, "Goldens", "forks"),
        .. Environment.GetEnvironmentVariable("CNN_GOLDENS") is { Length: > 0 } more
            ? [Path.GetFullPath(more)]
            : Array.Empty<string>(),
    ];

    /// <summary>Returns the case folders of a kind ("layers", "nets" and so on), as (display name, path).</summary>
    public static IEnumerable<(string Name, string Path)> Cases(string kind) =>
        from root in Roots
        let folder = System.IO.Path.Combine(root, kind)
        where Directory.Exists(folder)
        from path in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal)
        select (NameOf(root, kind, System.IO.Path.GetFileName(path)), path);

    private static string NameOf(string root, string kind, string name) => root == Roots[0] ? $"{kind}/{name}"
        : root == Roots[1] ? $"forks/{kind}/{name}"
        : System.IO.Path.Combine(root, kind, name);
}
