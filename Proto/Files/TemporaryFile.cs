using System.Text;

namespace Cnn.Proto;

/// <summary>Files for a while, with names that no other writer has and no file of the user's had before.</summary>
internal static class TemporaryFile
{
    private const int LongestName = 255;

    private static int count;

    /// <summary>Makes a file beside another: <c>.NAME.PROCESS-COUNT.part</c>.</summary>
    /// <param name="target">The file that it is to become.</param>
    /// <param name="isPrivate">Whether nobody else may read it yet.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static FileStream Beside(string target, bool isPrivate)
    {
        string folder = Path.GetDirectoryName(target) ?? "";
        return Create(number => Path.Combine(folder, NameFor(Path.GetFileName(target), number)), isPrivate, FileOptions.None);
    }

    /// <summary>Makes a folder beside another, named in the same way.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static string FolderBeside(string target)
    {
        string parent = Path.GetDirectoryName(target) ?? "", folder;
        do
        {
            folder = Path.Combine(parent, NameFor(Path.GetFileName(target), Interlocked.Increment(ref count)));
        }
        while (Path.Exists(folder));
        return Directory.CreateDirectory(folder).FullName;
    }

    /// <summary>Makes a file in the system's folder for such, gone when it is closed.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static FileStream Spool() =>
        Create(number => Path.Combine(Path.GetTempPath(), NameFor("cnn", number)), true, FileOptions.DeleteOnClose);

    /// <summary>Makes sure that files can be made in a folder.</summary>
    /// <exception cref="IOException">They cannot.</exception>
    public static void Probe(string folder)
    {
        using FileStream probe = Beside(Path.Combine(folder, "cnn-probe"), isPrivate: true);
        File.Delete(probe.Name);
    }

    private static FileStream Create(Func<int, string> path, bool isPrivate, FileOptions options)
    {
        var how = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Delete,
            BufferSize = 1 << 20,
            Options = options,
        };
        if (isPrivate && !OperatingSystem.IsWindows())
        {
            how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        while (true)
        {
            string name = path(Interlocked.Increment(ref count));
            try
            {
                return new FileStream(name, how);
            }
            catch (IOException) when (File.Exists(name))
            {
                // Left by a process of the same number, or on a disk that several machines share: not ours, so another name.
            }
        }
    }

    private static string NameFor(string name, int number)
    {
        string end = $".{Environment.ProcessId}-{number}.part";
        return Encoding.UTF8.GetByteCount(name) + end.Length + 1 <= LongestName ? $".{name}{end}" : $".cnn{end}";
    }
}
