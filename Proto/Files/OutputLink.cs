namespace Cnn.Proto;

/// <summary>Follows the symbolic links of an output path.</summary>
internal static class OutputLink
{
    private const int MaxLinks = 40;

    /// <summary>
    /// Returns the file at the end of a chain of links, whether it exists or not; null when the chain goes through
    /// something that only the kernel can follow, such as <c>/dev/stdout</c>.
    /// </summary>
    /// <exception cref="CnnException">The links form a cycle.</exception>
    public static string? Follow(string path)
    {
        string at = path;
        for (int links = 0; links < MaxLinks; links++)
        {
            if (!OperatingSystem.IsWindows() && at.StartsWith("/proc/", StringComparison.Ordinal))
            {
                return null;
            }

            if (new FileInfo(at).LinkTarget is not { } next)
            {
                return at;
            }

            // The meaning of '..' in a link depends on where the link's folder really is.
            string folder = Path.GetDirectoryName(at) ?? "";
            folder = OperatingSystem.IsWindows() ? folder : UnixFile.RealPath(folder);
            at = Path.GetFullPath(Path.Combine(folder, next));
        }

        throw new CnnException($"cannot write '{path}': its links lead in a circle");
    }
}
