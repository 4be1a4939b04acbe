using System.Globalization;

namespace Cnn.Campaigns.Crash.Tracing;

/// <summary>
/// How strace writes down the calls of a process on files, or kills it at one of them.
/// </summary>
internal static class Strace
{
    /// <summary>The calls that change files or their names, and those that open and close them.</summary>
    public static IReadOnlyList<string> Calls { get; } =
    [
        "openat", "open", "creat", "close", "write", "pwrite64", "writev", "pwritev", "pwritev2", "ftruncate",
        "truncate", "fallocate", "fsync", "fdatasync", "sync_file_range", "rename", "renameat", "renameat2",
        "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir", "link", "linkat", "symlink", "symlinkat",
        "copy_file_range", "sendfile",
    ];

    /// <summary>The words before a command whose calls are to be written down.</summary>
    /// <param name="log">The file to write them to.</param>
    public static IReadOnlyList<string> Record(string log) =>
    [
        "strace", "-f", "-q", "--seccomp-bpf", "-xx", "-s", "1000000000", "-o", log, "-e",
        $"trace={string.Join(',', Calls)}",
    ];

    /// <summary>The words before a command whose process is to be killed by SIGKILL.</summary>
    /// <param name="call">The call at which it dies.</param>
    /// <param name="number">The call's number among those of its thread with the same name, from 1.</param>
    public static IReadOnlyList<string> Kill(string call, int number) =>
    [
        // A filter in the kernel would let the call pass without the signal.
        "strace", "-f", "-q", "-o", "/dev/null", "-e", $"trace={call}", "-e",
        string.Create(CultureInfo.InvariantCulture, $"inject={call}:signal=KILL:when={number}"),
    ];
}
