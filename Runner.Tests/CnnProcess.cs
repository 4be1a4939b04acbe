using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Cnn.Tests;

/// <summary>Runs the real program in its own process.</summary>
internal sealed class CnnProcess : IDisposable
{
    private readonly Process process;
    private readonly Task<string> output;
    private readonly StringBuilder error = new();

    private CnnProcess(Process process)
    {
        this.process = process;
        output = process.StandardOutput.ReadToEndAsync();
        process.ErrorDataReceived += (_, line) =>
        {
            lock (error)
            {
                error.AppendLine(line.Data);
            }
        };
        process.BeginErrorReadLine();
    }

    private string ErrorSoFar
    {
        get
        {
            lock (error)
            {
                return error.ToString();
            }
        }
    }

    public static CnnProcess Start(string workingDirectory, params string[] arguments) =>
        Start(workingDirectory, new Dictionary<string, string>(), arguments);

    /// <summary>Starts the program with variables of the environment besides those of this process.</summary>
    public static CnnProcess Start(
        string workingDirectory, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        // Tests that run in the background ignore Ctrl-C, and the process would inherit that.
        string[] command = OperatingSystem.IsLinux() ? ["env", "--default-signal=INT,HUP", "dotnet"] : ["dotnet"];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "cnn.dll"));
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return new CnnProcess(Process.Start(start)!);
    }

    /// <summary>Waits for the end and returns the exit code, standard output and standard error.</summary>
    public async Task<(int ExitCode, string Output, string Error)> Finish()
    {
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, ErrorSoFar);
    }

    /// <summary>Waits until standard error contains a text or the process ends.</summary>
    public async Task WaitForError(string text)
    {
        while (!process.HasExited && !ErrorSoFar.Contains(text, StringComparison.Ordinal))
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits until standard error contains a match; fails when the process ends first.</summary>
    public async Task<Match> WaitForError(Regex pattern)
    {
        Match match = Match.Empty;
        await WaitUntil(() => (match = pattern.Match(ErrorSoFar)).Success);
        return match;
    }

    /// <summary>
    /// Waits until a condition that can be seen from outside holds; fails when the process ends first.
    /// </summary>
    public async Task WaitUntil(Func<bool> hasHappened)
    {
        while (!hasHappened())
        {
            Assert.False(process.HasExited, ErrorSoFar);
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Kills the running process (SIGKILL).</summary>
    public async Task Kill()
    {
        Assert.False(process.HasExited, ErrorSoFar);
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Sends a signal by its name, such as "INT".</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{process.Id}"]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }

        process.Dispose();
    }
}
