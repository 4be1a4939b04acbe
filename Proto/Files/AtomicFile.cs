namespace Cnn.Proto;

/// <summary>
/// Writes files that are never visible half written. The content goes to a temporary file beside the final name, which
/// is flushed to disk and renamed; then the folder is flushed. What exists under the name keeps its nature: a symbolic
/// link stays and its target gets the content; a file keeps its mode and, where permitted, its owner; a device or FIFO
/// is written into.
/// </summary>
/// <remarks>
/// Renaming over a file with several hard links would separate them. The content is therefore first written to the
/// temporary file and then copied into the existing one, so only a crash during the copy leaves the file half written,
/// with the whole content beside it.
/// </remarks>
public static class AtomicFile
{
    private const int ReaderTimeout = 5000, PollInterval = 20;

    /// <summary>Writes a file, and replaces one of the same name only when all of the content is on disk.</summary>
    /// <param name="path">The final name.</param>
    /// <param name="write">Writes the content to a stream that can be read and can seek.</param>
    /// <exception cref="CnnException">
    /// The file cannot be written; what was there before is unchanged. Where the disk takes the content and fails only
    /// under the folder's entry, the file is the new one, which a loss of power may undo.
    /// </exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(write);
        PathText.Require(path);
        if (Directory.Exists(path) || Path.EndsInDirectorySeparator(path))
        {
            throw new CnnException($"cannot write '{path}': it is a folder", "name a file in it");
        }

        try
        {
            WriteAt(path, Path.GetFullPath(path), write);
        }
        catch (Exception exception) when (
            FileErrors.Unwrapped(exception) is IOException or UnauthorizedAccessException or OutOfMemoryException)
        {
            throw FileErrors.From(path, "write", exception)!;
        }
    }

    private static void WriteAt(string name, string path, Action<Stream> write)
    {
        UnixStatus? status = OperatingSystem.IsWindows() ? null : UnixFile.Status(path);
        bool isDevice = status is { IsRegular: false } || path.StartsWith(@"\\.\", StringComparison.Ordinal);
        if (isDevice || OutputLink.Follow(path) is not { } target)
        {
            WriteThrough(name, path, status, write);
        }
        else if (status is { Links: > 1 })
        {
            WriteInPlace(name, target, write);
        }
        else
        {
            Replace(target, status, write);
        }
    }

    private static void Replace(string target, UnixStatus? status, Action<Stream> write)
    {
        RequireWritable(target);
        FileStream stream = TemporaryFile.Beside(target, isPrivate: status is not null);
        try
        {
            using (stream)
            {
                write(stream);
                Inherit(stream, status);
                DiskFlush.Of(stream);
            }

            File.Move(stream.Name, target, overwrite: true);
        }
        catch
        {
            TemporaryFile.TryDelete(stream.Name);
            throw;
        }

        OutputFolder.FlushParent(target);
    }

    private static void WriteInPlace(string name, string target, Action<Stream> write)
    {
        RequireWritable(target);
        using FileStream content = TemporaryFile.Beside(target, isPrivate: true);
        try
        {
            write(content);
            DiskFlush.Of(content);
        }
        catch
        {
            TemporaryFile.TryDelete(content.Name);
            throw;
        }

        try
        {
            using var stream = new FileStream(target, FileMode.Open, FileAccess.Write, FileShare.None);
            content.Position = 0;
            content.CopyTo(stream);
            stream.SetLength(content.Length);
            DiskFlush.Of(stream);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CnnException(
                $"cannot write '{name}': {FileErrors.Reason(exception)}",
                $"the intended content is in '{content.Name}'",
                exception)
            {
                IsOfTheMachine = FileErrors.IsOfTheMachine(exception),
            };
        }

        TemporaryFile.TryDelete(content.Name);
    }

    // Some writers need to seek, so devices and pipes get the finished content.
    private static void WriteThrough(string name, string path, UnixStatus? status, Action<Stream> write)
    {
        using FileStream content = TemporaryFile.Spool();
        write(content);
        content.Flush();
        content.Position = 0;
        using IDisposable? reader = status is { IsFifo: true } ? WaitForReader(name, path) : null;
        FileMode mode = status is { IsRegular: true } ? FileMode.Truncate : FileMode.Open;
        using var stream = new FileStream(path, mode, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        content.CopyTo(stream);
    }

    // Opening a FIFO waits for a reader, and would hang if none ever came.
    private static IDisposable WaitForReader(string name, string path)
    {
        for (int waited = 0; !OperatingSystem.IsWindows() && waited <= ReaderTimeout; waited += PollInterval)
        {
            if (UnixFile.OpenFifo(path) is { } opened)
            {
                return opened;
            }

            Thread.Sleep(PollInterval);
        }

        throw new CnnException($"cannot write '{name}': it is a pipe that nobody reads", "start its reader first");
    }

    private static void Inherit(FileStream stream, UnixStatus? status)
    {
        if (status is { } old && !OperatingSystem.IsWindows())
        {
            // The owner comes first, because a change of owner clears bits of the mode.
            UnixFile.TryChangeOwner(stream.SafeFileHandle, old.User, old.Group);
            File.SetUnixFileMode(stream.SafeFileHandle, old.Permissions);
        }
    }

    // A rename needs no permission on the file itself, but whoever made the file read-only meant it.
    private static void RequireWritable(string target)
    {
        if (File.Exists(target))
        {
            new FileStream(target, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete).Dispose();
        }
    }
}
