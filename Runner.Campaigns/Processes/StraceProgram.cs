using System.ComponentModel;
using System.Diagnostics;

namespace Cnn.Campaigns.Processes;

/// <summary>strace, which comes with Linux distributions, in the package of that name.</summary>
internal static class StraceProgram
{
    /// <summary>Why strace cannot be used here; null where it can.</summary>
    public static string? Missing { get; } = FindMissing();

    private static string? FindMissing()
    {
        if (!OperatingSystem.IsLinux())
        {
            return "strace is a program of Linux";
        }

        try
        {
            var start = new ProcessStartInfo("strace", ["-f", "-q", "--seccomp-bpf", "-e", "trace=openat", "true"])
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            };
            using Process process = Process.Start(start)!;
            string error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : $"strace cannot trace here: {error.Trim()}";
        }
        catch (Win32Exception)
        {
            return "there is no strace";
        }
    }
}
