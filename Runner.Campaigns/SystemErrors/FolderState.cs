using System.Text;

namespace Cnn.Campaigns.SystemErrors;

/// <summary>What the files of a folder hold, by their names below it; folders have a slash at the end.</summary>
internal sealed class FolderState
{
    private readonly SortedDictionary<string, byte[]> files = new(StringComparer.Ordinal);

    private FolderState()
    {
    }

    /// <summary>The names, in order.</summary>
    public IReadOnlyCollection<string> Names => files.Keys;

    /// <summary>Reads a folder.</summary>
    public static FolderState Of(string folder)
    {
        var state = new FolderState();
        foreach (string path in Directory.EnumerateFileSystemEntries(folder, "*", Everything))
        {
            bool isFolder = Directory.Exists(path);
            state.files[Path.GetRelativePath(folder, path) + (isFolder ? "/" : "")] =
                new FileInfo(path).LinkTarget is { } target ? Encoding.UTF8.GetBytes($"-> {target}")
                : isFolder ? []
                : File.ReadAllBytes(path);
        }

        return state;
    }

    /// <summary>Copies a folder with all that is in it.</summary>
    public static void Copy(string from, string to)
    {
        foreach (string path in Directory.EnumerateDirectories(from, "*", Everything))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, path)));
        }

        foreach (string path in Directory.EnumerateFiles(from, "*", Everything))
        {
            File.Copy(path, Path.Combine(to, Path.GetRelativePath(from, path)));
        }
    }

    /// <summary>Whether there is a file or folder.</summary>
    public bool Has(string name) => files.ContainsKey(name);

    /// <summary>Whether a name holds the same in another state, or is in neither.</summary>
    public bool Agrees(FolderState other, string name) =>
        files.TryGetValue(name, out byte[]? mine)
            ? other.files.TryGetValue(name, out byte[]? theirs) && mine.AsSpan().SequenceEqual(theirs)
            : !other.Has(name);

    /// <summary>Whether a name holds as many bytes in another state.</summary>
    public bool IsAsLong(FolderState other, string name) =>
        files.TryGetValue(name, out byte[]? mine)
        && other.files.TryGetValue(name, out byte[]? theirs)
        && mine.Length == theirs.Length;

    private static EnumerationOptions Everything => new() { RecurseSubdirectories = true, AttributesToSkip = 0 };
}
