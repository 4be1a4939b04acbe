namespace Cnn.Tests.Architecture;

/// <summary>The files of the repository that people write, without the output of builds and runs.</summary>
internal static class RepositoryFiles
{
    private static readonly string[] Made =
    [
        "bin", "obj", "TestResults", "BenchmarkDotNet.Artifacts", "snapshots", "node_modules",
    ];

    /// <summary>Returns paths from the top folder, with slashes, sorted.</summary>
    /// <param name="extension">The end of the name, such as ".cs".</param>
    public static IEnumerable<string> WithExtension(string extension) =>
        Below(Repository.Root, extension).Select(p => Path.GetRelativePath(Repository.Root, p).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

    private static IEnumerable<string> Below(string folder, string extension) =>
        Directory.EnumerateFiles(folder, "*" + extension).Concat(Directory.EnumerateDirectories(folder)
            .Where(d => !Path.GetFileName(d).StartsWith('.') && !Made.Contains(Path.GetFileName(d)))
            .SelectMany(d => Below(d, extension)));
}
