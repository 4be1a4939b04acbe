using System.Diagnostics;
using Cnn.Runner;

namespace Cnn.Campaigns.Processes;

/// <summary>Runs the real program in a process of its own.</summary>
internal static class CnnRun
{
    /// <summary>The command that starts the program that was built with this one.</summary>
    public static IReadOnlyList<string> Command { get; } =
        ["dotnet", Path.Combine(AppContext.BaseDirectory, "cnn.dll")];

    /// <summary>
    /// Runs <c>cnn</c>, or another program, with arguments in a folder to its end. <paramref name="before"/> are the
    /// words of a program that starts it, such as strace or env.
    /// </summary>
    /// <exception cref="TimeoutException">It did not end within <paramref name="limit"/>; it was killed.</exception>
    public static ProcessResult Finish(
        string folder,
        TimeSpan limit,
        IReadOnlyList<string> arguments,
        IReadOnlyList<string>? before = null,
        IReadOnlyList<string>? program = null)
    {
        string[] words = [.. before ?? [], .. program ?? Command, .. arguments];
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(limit))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            throw new TimeoutException(
                $"{string.Join(' ', arguments)} did not end in {limit.TotalSeconds:F0} s: {error.Result}");
        }

        return new ProcessResult(process.ExitCode, output.Result, error.Result);
    }

    /// <summary>Runs <c>cnn</c> with arguments in this process, in its working folder.</summary>
    public static ProcessResult Here(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = CommandLineProgram.Run(arguments, output, error);
        return new ProcessResult(code, output.ToString(), error.ToString());
    }
}
