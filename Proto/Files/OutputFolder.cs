namespace Cnn.Proto;

/// <summary>Folders for output that a loss of power does not take away again.</summary>
internal static class OutputFolder
{
    /// <summary>Creates a folder and those above it that are missing, and flushes their names to disk.</summary>
    /// <exception cref="IOException">It cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">There is no right to create it.</exception>
    public static void Create(string path)
    {
        var missing = new Stack<string>();
        string? at = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        for (; at is not null && !Path.Exists(at); at = Path.GetDirectoryName(at))
        {
            missing.Push(at);
        }

        Directory.CreateDirectory(path);
        while (missing.TryPop(out string? made))
        {
            FlushParent(made);
        }
    }

    /// <summary>Flushes the names in a folder to disk, where the system can.</summary>
    /// <exception cref="IOException">The disk does not take them, or the machine lacks what it takes.</exception>
    public static void Flush(string folder)
    {
        if (!OperatingSystem.IsWindows())
        {
            UnixFile.FlushFolder(folder);
        }
    }

    /// <summary>Flushes the name of a file or folder to disk, where the system can.</summary>
    /// <exception cref="IOException">The disk does not take it, or the machine lacks what it takes.</exception>
    public static void FlushParent(string path) => Flush(Path.GetDirectoryName(Path.GetFullPath(path))!);
}
