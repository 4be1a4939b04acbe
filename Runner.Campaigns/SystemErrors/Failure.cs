namespace Cnn.Campaigns.SystemErrors;

/// <summary>How a call of the system fails.</summary>
/// <param name="Injection">The failure in the words of strace: <c>error=EIO</c>, <c>retval=0</c>.</param>
/// <param name="IsHarmless">Whether a program has to go on: by calling again, or because nothing is lost.</param>
internal readonly record struct Failure(string Injection, bool IsHarmless)
{
    /// <summary>Returns how a call can fail.</summary>
    public static IReadOnlyList<Failure> Of(string call) => call switch
    {
        "read" or "pread64" or "readv" or "preadv" => [Error("EIO"), Again, new("retval=0", false)],

        // Nothing was written, and the rest is to be written again: a short write at its shortest.
        "write" or "pwrite64" or "writev" or "pwritev" =>
            [Error("EIO"), Error("ENOSPC"), Error("EDQUOT"), Again, new("retval=0", true)],
        "open" or "openat" or "creat" =>
            [Error("EIO"), Error("EMFILE"), Error("EACCES"), Error("ENOSPC"), Error("ENOMEM"), Again],
        "fsync" or "fdatasync" => [Error("EIO"), Error("ENOSPC"), Again],
        "rename" or "renameat" or "renameat2" or "link" or "mkdir" or "symlink" =>
            [Error("EIO"), Error("ENOSPC"), Error("EACCES")],
        "unlink" or "unlinkat" or "rmdir" => [Error("EIO"), Error("EACCES")],
        "mmap" => [Error("ENOMEM"), Error("ENODEV"), Error("EAGAIN")],
        "ftruncate" or "fallocate" => [Error("EIO"), Error("ENOSPC"), Again],
        "flock" => [Harmless("ENOLCK"), Again],
        "fchmod" or "fchown" or "chmod" or "chown" => [Error("EPERM"), Error("EIO")],
        "close" => [Harmless("EIO"), Harmless("EINTR")],
        "fadvise64" or "munmap" => [Harmless("EINVAL")],
        "stat" or "lstat" or "access" or "faccessat" or "faccessat2" or "newfstatat" or "statx" or "readlink" =>
            [Error("EIO"), Error("EACCES")],
        // .NET takes a file on which this fails for one that cannot seek; the content is the same.
        "lseek" => [],
        "getcwd" or "execve" or "ioctl" or "fcntl" or "dup" or "dup2" or "chdir" => [],
        _ => [Error("EIO")],
    };

    private static Failure Again => Harmless("EINTR");

    private static Failure Error(string name) => new($"error={name}", false);

    private static Failure Harmless(string name) => new($"error={name}", true);
}
