namespace Cnn.Proto;

/// <summary>Folders for output that a loss of power does not take away again.</summary>
internal static class OutputFolder
{
    /// <summary>Creates a folder and those above it that are missing; their names are on disk when it returns.</summary>
    /// <exception cref="IOException">It cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">There is no right to create it.</exception>
    public static void Create(string path)
    {
        var missing = new Stack<string>();
        for (string? at = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)); at is not null && !Path.Exists(at);)
        {
            missing.Push(at);
            at = Path.GetDirectoryName(at);
        }

        Directory.CreateDirectory(path);
        while (missing.TryPop(out string? made))
        {
            FlushParent(made);
        }
    }

    /// <summary>Flushes the names in a folder to disk, where the system can.</summary>
    public static void Flush(string folder)
    {
        if (!OperatingSystem.IsWindows())
        {
            UnixFile.FlushFolder(folder);
        }
    }

    /// <summary>Flushes the name of a file or folder to disk, where the system can.</summary>
    public static void FlushParent(string path) => Flush(Path.GetDirectoryName(Path.GetFullPath(path))!);
}
