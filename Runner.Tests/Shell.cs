using System.Diagnostics;

namespace Cnn.Tests;

/// <summary>Runs scripts of the system's shell, for what .NET cannot do with a process or a file.</summary>
internal static class Shell
{
    /// <summary>Skips the calling test where there is no such shell.</summary>
    public static void OrSkip() =>
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs a Unix shell, with mkfifo, ln and chmod");

    /// <summary>Skips the calling test where there is no <c>/dev/full</c> and the like.</summary>
    public static void OnLinuxOrSkip() =>
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux, with /dev/full");

    /// <summary>Skips the calling test where one of some programs is not installed.</summary>
    public static void HasOrSkip(params string[] programs)
    {
        OrSkip();
        string[] missing = [.. programs.Where(p => !Has(p))];
        Assert.SkipWhen(missing.Length > 0, $"needs {string.Join(" and ", missing)}");
    }

    /// <summary>Returns whether a program is on the path.</summary>
    public static bool Has(string program) =>
        Array.Exists(
            (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator),
            folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>Skips the calling test when the user is root, whom no permission stops.</summary>
    public static void NotAsRootOrSkip() =>
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "the root user may write to any file");

    /// <summary>Runs a script; <c>$CNN</c> in it is the program.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> Run(TemporaryFolder folder, string script)
    {
        var start = new ProcessStartInfo(
            "sh", ["-c", $"CNN='dotnet {Path.Combine(AppContext.BaseDirectory, "cnn.dll")}'\n{script}"])
        {
            WorkingDirectory = folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }
}
