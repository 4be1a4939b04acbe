using System.Text;

namespace Cnn.Proto;

/// <summary>The rules for the text of a path, whatever the system and whatever is done with the file.</summary>
internal static class PathText
{
    // NAME_MAX and PATH_MAX of Linux, in bytes; PATH_MAX counts the NUL at the end.
    private const int LongestName = 255, LongestPath = 4095, CharactersShown = 80;

    /// <summary>Requires a path that the system can take.</summary>
    /// <exception cref="CnnException">It is empty, too long or holds a NUL.</exception>
    public static void Require(string path)
    {
        if (Fault(path) is { } fault)
        {
            throw new CnnException(fault);
        }
    }

    /// <summary>Returns what is wrong with the text of a path; null when nothing is.</summary>
    public static string? Fault(string path)
    {
        if (path.Length == 0)
        {
            return "a file is asked for and its path is empty";
        }

        if (path.Contains('\0', StringComparison.Ordinal))
        {
            return $"the path '{Shown(path)}' holds a NUL character, which no file's name can";
        }

        int bytes = Length(path);
        if (bytes > LongestPath)
        {
            return $"the path '{Shown(path)}' is too long: {bytes} bytes, at most {LongestPath}";
        }

        string? name = path.Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar)
            .FirstOrDefault(part => Length(part) > LongestName);
        return name is null
            ? null
            : $"the path '{Shown(path)}' holds a name of {Length(name)} bytes, at most {LongestName}";
    }

    /// <summary>
    /// Returns the full path of the file that a path leads to, links followed; where there is no file, its own.
    /// </summary>
    /// <exception cref="IOException">The link cannot be read.</exception>
    public static string Resolved(string path)
    {
        string full = Path.GetFullPath(path);
        return File.Exists(full) ? File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full : full;
    }

    /// <summary>Returns the path with control characters escaped as in C, and truncated where it is long.</summary>
    public static string Shown(string path)
    {
        var text = new StringBuilder();
        foreach (char c in path.Length <= CharactersShown ? path : path[..CharactersShown])
        {
            text.Append(char.IsControl(c) ? "\\" + Convert.ToString(c, 8).PadLeft(3, '0') : c.ToString());
        }

        return path.Length <= CharactersShown ? text.ToString() : text.Append("...").ToString();
    }

    // Windows counts characters, other systems bytes.
    private static int Length(string text) =>
        OperatingSystem.IsWindows() ? text.Length : Encoding.UTF8.GetByteCount(text);
}
