using Microsoft.Win32.SafeHandles;

namespace Cnn.Proto;

/// <summary>
/// Flushes files to the disk and throws where that fails. On Unix, .NET's own functions pass over every error of
/// <c>fsync</c>, so that what was written would count as safe on a disk that has just lost it.
/// </summary>
internal static class DiskFlush
{
    /// <summary>Flushes what a stream holds, and its file, to the disk.</summary>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public static void Of(FileStream stream)
    {
        stream.Flush();
        Of(stream.SafeFileHandle);
    }

    /// <summary>Flushes a file to the disk.</summary>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public static void Of(SafeFileHandle file)
    {
        if (OperatingSystem.IsWindows())
        {
            RandomAccess.FlushToDisk(file);
        }
        else
        {
            UnixFile.FlushFile(file);
        }
    }
}
