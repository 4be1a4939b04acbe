using System.Globalization;
using System.Text.RegularExpressions;
using Cnn.Campaigns.Crash.Disks;

namespace Cnn.Campaigns.Crash.Training;

/// <summary>Compares the snapshots in a folder with those of a run that never stopped.</summary>
internal static partial class SnapshotChecks
{
    /// <summary>Returns the iteration of a snapshot's file by its path; null for another file.</summary>
    public static int? IterationOf(string path) => Finished().Match(Path.GetFileName(path)) is { Success: true } match
        ? int.Parse(match.Groups["iteration"].Value, CultureInfo.InvariantCulture)
        : null;

    /// <summary>Returns the iteration of the snapshot that a temporary file becomes; null for another file.</summary>
    public static int? IterationOfPart(string path) => Begun().Match(Path.GetFileName(path)) is { Success: true } match
        ? int.Parse(match.Groups["iteration"].Value, CultureInfo.InvariantCulture)
        : null;

    /// <summary>Returns what is wrong after a kill: a file is not that of the run that never stopped.</summary>
    /// <param name="content">What the folder holds.</param>
    /// <param name="every">Each snapshot's file that the run that never stopped wrote, also those it deleted.</param>
    public static string? AfterKill(
        IReadOnlyDictionary<string, byte[]?> content, IReadOnlyDictionary<string, byte[]> every) => content
            .Where(f => IterationOf(f.Key) is not null && !(every.TryGetValue(f.Key, out byte[]? right)
                && FolderContent.AreSame(f.Value, right)))
            .Select(f => $"{f.Key} is neither the old file nor the new one")
            .FirstOrDefault();

    /// <summary>Returns what is wrong after a loss of power: a snapshot that was written is not there.</summary>
    /// <param name="content">What the folder holds.</param>
    /// <param name="every">As for <see cref="AfterKill"/>.</param>
    /// <param name="promised">The files that had been written, and were not to be deleted.</param>
    public static string? AfterPowerLoss(
        IReadOnlyDictionary<string, byte[]?> content,
        IReadOnlyDictionary<string, byte[]> every,
        IEnumerable<string> promised) => promised
            .Where(p => !FolderContent.AreSame(content.GetValueOrDefault(p), every[p]))
            .Select(p => $"{p} was written, and is {(content.ContainsKey(p) ? "damaged" : "not there")}")
            .FirstOrDefault();

    /// <summary>Returns what is wrong at the end: a snapshot is not that of a run that never stopped.</summary>
    public static string? AtEnd(
        IReadOnlyDictionary<string, byte[]?> content, IReadOnlyDictionary<string, byte[]?> straight)
    {
        string[] are = [.. content.Keys.Where(f => IterationOf(f) is not null)];
        string[] should = [.. straight.Keys.Where(f => IterationOf(f) is not null)];
        return are.SequenceEqual(should)
            ? are.Where(f => !FolderContent.AreSame(content[f], straight[f]))
                .Select(f => $"{f} has other bytes than that of a run that never stopped")
                .FirstOrDefault()
            : $"there are {string.Join(", ", are)}, not {string.Join(", ", should)}";
    }

    [GeneratedRegex(@"^snap_iter_(?<iteration>\d+)\.(caffemodel|solverstate)(\.h5)?$")]
    private static partial Regex Finished();

    [GeneratedRegex(@"^\.snap_iter_(?<iteration>\d+)\.(caffemodel|solverstate).*\.part$")]
    private static partial Regex Begun();
}
