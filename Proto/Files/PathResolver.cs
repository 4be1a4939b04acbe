namespace Cnn.Proto;

/// <summary>
/// Finds the files that a definition names: from the working directory first, as Caffe does, then beside the file
/// that names them.
/// </summary>
/// <param name="NamedIn">The file whose text holds the paths; null when the definition came from no file.</param>
public sealed record PathResolver(string? NamedIn)
{
    /// <summary>
    /// Returns the path to open: <paramref name="path"/> itself where it exists from the working directory, else beside
    /// <see cref="NamedIn"/> where it exists there, else the same with backslashes as slashes, else
    /// <paramref name="path"/> unchanged.
    /// </summary>
    public string Find(string path)
    {
        if (path.Length == 0 || Path.IsPathRooted(path) || Path.Exists(path))
        {
            return path;
        }

        string beside = Path.Combine(Path.GetDirectoryName(NamedIn) ?? "", path);
        if (NamedIn is not null && Path.Exists(beside))
        {
            return beside;
        }

        // The path was written on Windows and is read on another system.
        string slashed = path.Replace('\\', '/');
        string found = slashed == path ? path : Find(slashed);
        return Path.Exists(found) ? found : path;
    }

    /// <summary>
    /// Returns the last part of a path of any system: <c>w.caffemodel</c> of <c>C:\nets\w.caffemodel</c>.
    /// </summary>
    public static string LastPart(string path) => path[(path.LastIndexOfAny(['/', '\\']) + 1)..];

    /// <summary>
    /// Returns the path to write to. Rooted paths, and those whose folder exists from the working directory, are
    /// unchanged; other paths are beside <see cref="NamedIn"/> where the folder exists there, else unchanged.
    /// </summary>
    public string FindForWriting(string path)
    {
        string folder = Path.GetDirectoryName(path) ?? "";
        if (Path.IsPathRooted(path) || folder.Length == 0 || Directory.Exists(folder) || NamedIn is null)
        {
            return path;
        }

        string beside = Path.Combine(Path.GetDirectoryName(NamedIn) ?? "", folder);
        return Directory.Exists(beside) ? Path.Combine(beside, Path.GetFileName(path)) : path;
    }
}
