namespace Cnn.Proto;

/// <summary>Follows the symbolic links of an output path.</summary>
internal static class OutputLink
{
    private const int MaxLinks = 40;

    /// <summary>
    /// Returns the file at the end of a chain of links, whether it exists or not; null when the chain goes through
    /// something that only the kernel can follow, such as <c>/dev/stdout</c>.
    /// </summary>
    /// <exception cref="CnnException">The links form a cycle, or one cannot be read.</exception>
    public static string? Follow(string path)
    {
        string at = path;
        for (int links = 0; links < MaxLinks; links++)
        {
            if (!OperatingSystem.IsWindows() && at.StartsWith("/proc/", StringComparison.Ordinal))
            {
                return null;
            }

            var file = new FileInfo(at);
            if (file.LinkTarget is not { } next)
            {
                // A link that cannot be read is not to be replaced.
                return file.Exists && file.Attributes.HasFlag(FileAttributes.ReparsePoint)
                    ? throw new CnnException($"cannot write '{path}': the link '{at}' cannot be read")
                    : at;
            }

            // The meaning of '..' in a link depends on where the link's folder really is.
            string folder = Path.GetDirectoryName(at) ?? "";
            folder = OperatingSystem.IsWindows() ? folder : UnixFile.RealPath(folder);
            at = Path.GetFullPath(Path.Combine(folder, next));
        }

        throw new CnnException($"cannot write '{path}': its links lead in a circle");
    }
}
