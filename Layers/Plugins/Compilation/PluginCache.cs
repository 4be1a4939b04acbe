using System.Security.Cryptography;
using Cnn.Proto;

namespace Cnn.Layers.Plugins.Compilation;

/// <summary>
/// The assemblies of compiled plug-ins, a folder each. A folder appears under its name when it is whole; its list of
/// files with their SHA-256 tells when it was damaged since.
/// </summary>
/// <param name="roots">The folders to look in, and to write to the first that can be written.</param>
internal sealed class PluginCache(IReadOnlyList<string> roots)
{
    private const string ListName = "files.sha256", Separator = "  ";
    private const int Attempts = 3;

    /// <summary>Returns the cache of the user: in the folder for caches, else in that for temporary files.</summary>
    public static PluginCache OfUser()
    {
        string temporary = Path.Combine(Path.GetTempPath(), $"cnn-plugins-{Environment.UserName}");
        return new PluginCache(
            UserFolder() is { } folder ? [Path.Combine(folder, "cnn", "plugins"), temporary] : [temporary]);
    }

    /// <summary>Returns the folder of an entry that is whole; null where there is none.</summary>
    public string? Find(string key) =>
        roots.Where(IsTrusted).Select(root => Path.Combine(root, key)).FirstOrDefault(IsWhole);

    /// <summary>Makes a folder to build an entry in.</summary>
    /// <param name="key">The entry's name.</param>
    /// <param name="plugin">The plug-in, for errors.</param>
    /// <exception cref="CnnException">No folder can be written.</exception>
    public PluginBuild Begin(string key, string plugin)
    {
        Exception? refusal = null;
        foreach (string root in roots)
        {
            try
            {
                Make(root);
                if (IsTrusted(root))
                {
                    string entry = Path.Combine(Path.GetFullPath(root), key);
                    return new PluginBuild(TemporaryFile.FolderBeside(entry), plugin);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                refusal ??= exception;
            }
        }

        throw Unwritable(plugin, roots[0], refusal);
    }

    /// <summary>Makes what a build wrote the entry, and returns the entry's folder.</summary>
    /// <exception cref="CnnException">The folder cannot be written.</exception>
    public static string Keep(PluginBuild build, string key, string plugin)
    {
        string root = Path.GetDirectoryName(build.Folder)!, entry = Path.Combine(root, key);
        try
        {
            WriteList(build.Output);
            for (int attempt = 1; !TryMove(build.Output, entry, attempt == Attempts); attempt++)
            {
                // Another process has written the same entry, unless an old one is damaged.
                if (IsWhole(entry))
                {
                    break;
                }

                Discard(entry);
            }

            return entry;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(plugin, root, exception);
        }
    }

    private static string? UserFolder()
    {
        string? named = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (!OperatingSystem.IsWindows() && named is not null && Path.IsPathRooted(named))
        {
            return named;
        }

        string folder = Environment.GetFolderPath(OperatingSystem.IsWindows()
            ? Environment.SpecialFolder.LocalApplicationData
            : Environment.SpecialFolder.UserProfile);
        return !Path.IsPathRooted(folder) ? null
            : OperatingSystem.IsWindows() ? folder
            : OperatingSystem.IsMacOS() ? Path.Combine(folder, "Library", "Caches")
            : Path.Combine(folder, ".cache");
    }

    // What lies in the cache is run, so nobody else may have put it there. A folder for temporary files is everybody's.
    private static bool IsTrusted(string root) =>
        OperatingSystem.IsWindows() || !Directory.Exists(root)
        || (UnixFile.IsOfThisUserAlone(root) && UnixFile.IsOutOfReachOfOthers(root));

    private static void Make(string root)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(root);
        }
        else
        {
            Directory.CreateDirectory(
                root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static bool IsWhole(string entry)
    {
        try
        {
            string list = Path.Combine(entry, ListName);
            return File.Exists(list) && File.ReadAllText(list) == List(entry);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void WriteList(string folder) => File.WriteAllText(Path.Combine(folder, ListName), List(folder));

    // The lines are those of the program sha256sum.
    private static string List(string folder) => string.Concat(
        from path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        let name = Path.GetRelativePath(folder, path)
        where name != ListName
        orderby name
        select $"{Digest(path)}{Separator}{name}\n");

    private static string Digest(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static bool TryMove(string from, string to, bool isLast)
    {
        try
        {
            Directory.Move(from, to);
            return true;
        }
        catch (IOException) when (!isLast && Directory.Exists(to))
        {
            return false;
        }
    }

    // The entry is moved away at once, so that nobody finds it half deleted.
    private static void Discard(string entry)
    {
        string aside = TemporaryFile.FolderBeside(entry);
        try
        {
            Directory.Move(entry, Path.Combine(aside, "damaged"));
        }
        catch (DirectoryNotFoundException)
        {
            // Another process was faster.
        }
        finally
        {
            Directory.Delete(aside, recursive: true);
        }
    }

    private static CnnException Unwritable(string plugin, string folder, Exception? exception) => new(
        $"the plug-in '{plugin}' is C# source, and its assembly cannot be written to '{folder}': "
        + (exception is null ? "others may write there" : FileErrors.Reason(exception)),
        "let XDG_CACHE_HOME name a folder of your own that can be written",
        exception)
    {
        IsOfTheMachine = exception is not null && FileErrors.IsOfTheMachine(exception),
    };
}
