using System.Diagnostics;

namespace Cnn.Tests.Faults;

/// <summary>
/// A folder on its own in-memory disk of a few kilobytes. It needs the right to mount; without it, tests are skipped.
/// </summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private SmallDisk()
    {
    }

    public string Path => folder.Path;

    /// <summary>Mounts a disk, or skips the calling test.</summary>
    public static SmallDisk OrSkip(int kilobytes)
    {
        var disk = new SmallDisk();
        if (!OperatingSystem.IsLinux() || !Mount($"size={kilobytes}k", disk.Path))
        {
            disk.folder.Dispose();
            Assert.Skip("a small disk cannot be mounted here: that takes Linux and the right to mount");
        }

        return disk;
    }

    /// <summary>Makes the disk read-only from now on.</summary>
    public void MakeReadOnly() => Assert.True(Mount("remount,ro", Path));

    public void Dispose()
    {
        Run("umount", Path);
        folder.Dispose();
    }

    private static bool Mount(string options, string path) => Run("mount", "-t", "tmpfs", "-o", options, "tmpfs", path);

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(
                new ProcessStartInfo(program, arguments)
                {
                    RedirectStandardError = true, RedirectStandardOutput = true,
                })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
