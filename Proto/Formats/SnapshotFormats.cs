using Cnn.Proto.Formats.Hdf5;
using Cnn.Proto.Formats.Wire;

namespace Cnn.Proto.Formats;

/// <summary>The formats of snapshots, of which a name, a file's name or a file's content picks one.</summary>
internal static class SnapshotFormats
{
    /// <summary>All of them, those first that a file's content shows most surely.</summary>
    public static IReadOnlyList<ISnapshotFormat> All { get; } =
    [
        new Hdf5SnapshotFormat(),
        new BinarySnapshotFormat(),
    ];

    /// <summary>The format that a solver's <c>snapshot_format</c> asks for.</summary>
    public static ISnapshotFormat Of(SolverParameter.Types.SnapshotFormat choice) => All.First(f => f.Choice == choice);

    /// <summary>
    /// The format to write a file in: the one whose suffix its name ends in, else the one without a suffix.
    /// </summary>
    public static ISnapshotFormat ForName(string path) =>
        All.FirstOrDefault(f => f.Suffix.Length > 0 && path.EndsWith(f.Suffix, StringComparison.OrdinalIgnoreCase))
        ?? All.First(f => f.Suffix.Length == 0);

    /// <summary>The format of a file, by its content; null when it is of none, such as text.</summary>
    /// <exception cref="CnnException">The file does not exist or cannot be read.</exception>
    public static ISnapshotFormat? Find(string path) => All.FirstOrDefault(f => f.IsFormatOf(path));

    /// <summary>A file's name without a format's suffix.</summary>
    public static string WithoutSuffix(string path)
    {
        string suffix = ForName(path).Suffix;
        return path[..^suffix.Length];
    }
}
