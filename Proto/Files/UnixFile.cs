using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Cnn.Proto;

/// <summary>
/// Functions of Unix on files that .NET does not offer: kinds, links, owners, and flushing of folders.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal static partial class UnixFile
{
    private const int CurrentFolder = -100, BasicStatus = 0x7FF;
    private const int WriteOnly = 1, GetDescriptorFlags = 1, CloseOnExec = 1, FullFlush = 51;
    private const int Interrupted = 4, InvalidArgument = 22, ReadOnlyDisk = 30;

    private static int CloseOnExecFlag => OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000;

    private static int NotSupported => OperatingSystem.IsMacOS() ? 102 : 95;

    private static int NonBlockFlag => OperatingSystem.IsMacOS() ? 0x4 : 0x800;

    /// <summary>
    /// Returns the status of the file at a path, following symbolic links; null when there is none or it is unknown.
    /// </summary>
    public static UnixStatus? Status(string path)
    {
        Span<byte> buffer = stackalloc byte[512];
        try
        {
            if (OperatingSystem.IsLinux())
            {
                // struct statx has the same layout on every processor; struct stat does not.
                return StatX(CurrentFolder, path, 0, BasicStatus, buffer) != 0 ? null : new UnixStatus(
                    MemoryMarshal.Read<ushort>(buffer[28..]),
                    MemoryMarshal.Read<uint>(buffer[16..]),
                    MemoryMarshal.Read<uint>(buffer[20..]),
                    MemoryMarshal.Read<uint>(buffer[24..]));
            }

            if (OperatingSystem.IsMacOS())
            {
                bool isArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
                return (isArm ? Stat(path, buffer) : StatInode64(path, buffer)) != 0 ? null : new UnixStatus(
                    MemoryMarshal.Read<ushort>(buffer[4..]),
                    MemoryMarshal.Read<ushort>(buffer[6..]),
                    MemoryMarshal.Read<uint>(buffer[16..]),
                    MemoryMarshal.Read<uint>(buffer[20..]));
            }
        }
        catch (EntryPointNotFoundException)
        {
            // C libraries from before 2018 have no statx.
        }

        return null;
    }

    /// <summary>Returns a folder's path without links and dots, or unchanged where the folder does not exist.</summary>
    public static string RealPath(string folder)
    {
        // realpath writes up to PATH_MAX bytes.
        Span<byte> buffer = stackalloc byte[4096];
        return RealPath(folder, buffer) == 0
            ? folder
            : System.Text.Encoding.UTF8.GetString(buffer[..buffer.IndexOf((byte)0)]);
    }

    /// <summary>Whether a folder belongs to the user of this process, and nobody else may write to it.</summary>
    public static bool IsOfThisUserAlone(string folder) =>
        Status(folder) is { } status
        && status.User == EffectiveUser()
        && (status.Permissions & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) == 0;

    /// <summary>
    /// Whether nobody but the user of this process and the administrator can put another folder in the place of this
    /// one: each folder on the way belongs to one of them and cannot be written by others, or, as that for temporary
    /// files, lets others change only what is theirs.
    /// </summary>
    public static bool IsOutOfReachOfOthers(string folder)
    {
        string? at = Path.GetDirectoryName(RealPath(Path.GetFullPath(folder)));
        for (; at is not null; at = Path.GetDirectoryName(at))
        {
            bool isKept = Status(at) is { } status
                && (status.User == 0 || status.User == EffectiveUser())
                && (status.Permissions.HasFlag(UnixFileMode.StickyBit)
                    || (status.Permissions & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) == 0);
            if (!isKept)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Changes the owner and group of a file where that is permitted.</summary>
    public static void TryChangeOwner(SafeFileHandle file, uint user, uint group) => _ = ChangeOwner(file, user, group);

    /// <summary>Flushes a file to the disk; does nothing for devices and pipes, which have nothing to flush.</summary>
    /// <exception cref="IOException">The disk does not take it; the exception carries the system's number.</exception>
    public static void FlushFile(SafeFileHandle file)
    {
        int error;
        do
        {
            error = TryFlush(file) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
        while (error == Interrupted);
        if (error != 0 && error != InvalidArgument && error != ReadOnlyDisk && error != NotSupported)
        {
            throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
        }
    }

    // A plain fsync of macOS leaves the data in the disk's own memory.
    private static int TryFlush(SafeFileHandle file) =>
        OperatingSystem.IsMacOS() && ControlFile(file, FullFlush) == 0 ? 0 : FlushFileToDisk(file);

    /// <summary>
    /// Flushes a folder's entries to disk; does nothing where the file system does not support it, or where there is
    /// no right to read the folder.
    /// </summary>
    /// <exception cref="IOException">The machine fails; the exception carries the system's number.</exception>
    public static void FlushFolder(string folder)
    {
        int error;
        do
        {
            error = TryFlushFolder(folder);
        }
        while (error == Interrupted);
        if (error != 0 && SystemError.OfUnix(error) is { IsOfTheMachine: true })
        {
            throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
        }
    }

    private static int TryFlushFolder(string folder)
    {
        int descriptor = Open(folder, CloseOnExecFlag);
        if (descriptor < 0)
        {
            return Marshal.GetLastPInvokeError();
        }

        int error = Flush(descriptor) == 0 ? 0 : Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        return error;
    }

    /// <summary>Opens a FIFO for writing without waiting; returns null when it has no reader.</summary>
    public static SafeFileHandle? OpenFifo(string path)
    {
        int descriptor = Open(path, WriteOnly | NonBlockFlag | CloseOnExecFlag);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>
    /// Whether a standard stream was passed by the parent process. One that was closed has no descriptor, or another
    /// file has taken the descriptor since: every file that .NET opens closes on exec, and an inherited one cannot.
    /// </summary>
    public static bool IsInherited(int descriptor)
    {
        int flags = Control(descriptor, GetDescriptorFlags);
        return flags >= 0 && (flags & CloseOnExec) == 0;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "stat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(string path, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "stat$INODE64", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatInode64(string path, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint RealPath(string path, Span<byte> resolved);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "fchown")]
    private static partial int ChangeOwner(SafeFileHandle file, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FlushFileToDisk(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int ControlFile(SafeFileHandle file, int command);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(int descriptor, int command);
}
