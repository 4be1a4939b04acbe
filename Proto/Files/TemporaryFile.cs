using System.Text;

namespace Cnn.Proto;

/// <summary>
/// Creates temporary files, with names that no other writer uses and that no file of the user's had before.
/// </summary>
internal static class TemporaryFile
{
    private const int LongestName = 255;

    private static int count;

    /// <summary>Creates a file beside another: <c>.NAME.PROCESS-COUNT.part</c>.</summary>
    /// <param name="target">The file that it will become.</param>
    /// <param name="isPrivate">Whether only the owner may read it for now.</param>
    /// <exception cref="IOException">The file cannot be created.</exception>
    public static FileStream Beside(string target, bool isPrivate)
    {
        string folder = Path.GetDirectoryName(target) ?? "";
        return Create(
            number => Path.Combine(folder, NameFor(Path.GetFileName(target), number)), isPrivate, FileOptions.None);
    }

    /// <summary>Creates a folder beside another file or folder, named in the same way.</summary>
    /// <exception cref="IOException">The folder cannot be created.</exception>
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

    /// <summary>Creates a file in the system's temporary folder; it is deleted when it is closed.</summary>
    /// <exception cref="IOException">The file cannot be created.</exception>
    public static FileStream Spool() =>
        Create(number => Path.Combine(Path.GetTempPath(), NameFor("cnn", number)), true, FileOptions.DeleteOnClose);

    /// <summary>Checks that files can be created in a folder.</summary>
    /// <exception cref="IOException">They cannot be created.</exception>
    public static void Probe(string folder)
    {
        using FileStream probe = Beside(Path.Combine(folder, "cnn-probe"), isPrivate: true);
        File.Delete(probe.Name);
    }

    /// <summary>Deletes a file if the system allows it: after a failure, the first one is to be reported.</summary>
    public static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Its name shows that it is left over.
        }
    }

    /// <summary>Deletes a folder with all that is in it, as <see cref="TryDelete"/> a file.</summary>
    public static void TryDeleteFolder(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Its name shows that it is left over.
        }
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
                // Left by a process of the same number, or by another machine that shares the disk. It is not ours, so
                // try another name.
            }
        }
    }

    private static string NameFor(string name, int number)
    {
        string end = $".{Environment.ProcessId}-{number}.part";
        return Encoding.UTF8.GetByteCount(name) + end.Length + 1 <= LongestName ? $".{name}{end}" : $".cnn{end}";
    }
}
