namespace Cnn.Campaigns.SystemErrors;

/// <summary>The paths whose calls can fail: inputs, outputs, and the temporary files that become outputs.</summary>
internal static class WatchedPaths
{
    // A process numbers its temporary files.
    private const int MostTemporaries = 9;

    /// <summary>Returns the paths of a scenario.</summary>
    public static IReadOnlyCollection<string> Of(Scenario scenario, FolderState inputs)
    {
        string[] outputs = [.. scenario.Outputs, .. scenario.Loose, .. scenario.Meanwhile];
        string[] folders =
        [
            .. outputs.Select(o => Path.GetDirectoryName(o)!).Where(f => f.Length > 0 && !inputs.Has(f + "/")),
        ];
        return
        [
            .. inputs.Names.Select(n => n.TrimEnd('/'))
                .Concat(outputs)
                .Concat(folders)
                .Concat(outputs.Concat(folders).Append("cnn-probe").SelectMany(Temporaries))
                .Concat(outputs.Where(o => o.Contains('/')).SelectMany(InTemporaryFolder))
                .Distinct(),
        ];
    }

    /// <summary>Returns what a temporary path will be called, or an output that is in a temporary folder.</summary>
    public static string FinalName(string path)
    {
        string[] parts = path.Split('/');
        return string.Join('/', parts.Select(p => p.StartsWith('.') && p.EndsWith(".part", StringComparison.Ordinal)
            ? p[1..^".part".Length].Split($".{Strace.ProcessMark}")[0]
            : p));
    }

    private static IEnumerable<string> Temporaries(string path) =>
        Enumerable.Range(1, MostTemporaries).Select(n => Path.Combine(
            Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Strace.ProcessMark}-{n}.part"));

    private static IEnumerable<string> InTemporaryFolder(string path) =>
        Temporaries(Path.GetDirectoryName(path)!).Select(folder => Path.Combine(folder, Path.GetFileName(path)));
}
