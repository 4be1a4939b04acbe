namespace Cnn.Proto.Formats;

/// <summary>The formats of snapshots; one is selected by its name, by a file's name or by a file's content.</summary>
internal static class SnapshotFormats
{
    /// <summary>
    /// All classes of this assembly that implement <see cref="ISnapshotFormat"/>. The one without a suffix, which also
    /// takes files of any other name, is the last.
    /// </summary>
    public static IReadOnlyList<ISnapshotFormat> All { get; } =
    [
        .. typeof(ISnapshotFormat).Assembly.GetTypes()
            .Where(type => type.IsClass && type.IsAssignableTo(typeof(ISnapshotFormat)))
            .OrderBy(type => type.Name, StringComparer.Ordinal)
            .Select(type => (ISnapshotFormat)Activator.CreateInstance(type)!)
            .OrderBy(format => format.Suffix.Length == 0),
    ];

    /// <summary>Returns the format that a solver's <c>snapshot_format</c> asks for.</summary>
    public static ISnapshotFormat Of(SolverParameter.Types.SnapshotFormat choice) => All.First(f => f.Choice == choice);

    /// <summary>
    /// Returns the format to write a file in: the one whose suffix the file's name ends in, else the one without a
    /// suffix.
    /// </summary>
    public static ISnapshotFormat ForName(string path) =>
        All.FirstOrDefault(f => f.Suffix.Length > 0 && path.EndsWith(f.Suffix, StringComparison.OrdinalIgnoreCase))
        ?? All.First(f => f.Suffix.Length == 0);

    /// <summary>Returns the format of a file by its content; null when it is in none of them, such as text.</summary>
    /// <exception cref="CnnException">The file does not exist or cannot be read.</exception>
    public static ISnapshotFormat? Find(string path) => All.FirstOrDefault(f => f.IsFormatOf(path));

    /// <summary>Returns a file's name without a format's suffix.</summary>
    public static string WithoutSuffix(string path)
    {
        string suffix = ForName(path).Suffix;
        return path[..^suffix.Length];
    }
}
