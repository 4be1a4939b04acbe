using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Cnn.Campaigns.Processes;

namespace Cnn.Campaigns.LongRuns;

/// <summary>The real program in a process that goes on for hours: the end of its log is kept, not all of it.</summary>
internal sealed partial class LoggedProcess : IDisposable
{
    private const int KeptLines = 200;

    private readonly Process process;
    private readonly Queue<string> lines = new();
    private readonly object gate = new();
    private long iteration;

    private LoggedProcess(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, line) => Add(line.Data);
        process.ErrorDataReceived += (_, line) => Add(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The process's number.</summary>
    public int Id => process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => process.HasExited;

    /// <summary>The last lines of its log.</summary>
    public string Log
    {
        get
        {
            lock (gate)
            {
                return string.Join('\n', lines);
            }
        }
    }

    /// <summary>Starts <c>cnn</c> in a folder. It hears Ctrl-C even where this process ignores it.</summary>
    public static LoggedProcess Start(string folder, IReadOnlyList<string> arguments)
    {
        string[] words = ["--default-signal=INT", .. CnnRun.Command, .. arguments];
        return new LoggedProcess(Process.Start(new ProcessStartInfo("env", words)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);
    }

    /// <summary>Returns the last iteration that the log tells of.</summary>
    public long LastIteration() => Interlocked.Read(ref iteration);

    /// <summary>Waits until the log has a line that fits.</summary>
    /// <exception cref="TimeoutException">It does not come.</exception>
    public Match WaitFor(Regex pattern, TimeSpan limit)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            Match match = pattern.Match(Log);
            if (match.Success)
            {
                return match;
            }

            if (process.HasExited || clock.Elapsed > limit)
            {
                throw new TimeoutException($"no line '{pattern}' in {clock.Elapsed.TotalSeconds:F0} s: {Log}");
            }

            Thread.Sleep(20);
        }
    }

    /// <summary>Does what Ctrl-C does.</summary>
    public void Interrupt()
    {
        using var kill = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits for the end and returns the exit code.</summary>
    /// <exception cref="TimeoutException">It does not end.</exception>
    public int Finish(TimeSpan limit) => process.WaitForExit(limit)
        ? process.ExitCode
        : throw new TimeoutException($"the program did not end in {limit.TotalSeconds:F0} s: {Log}");

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }

        process.Dispose();
    }

    private void Add(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (gate)
        {
            lines.Enqueue(line);
            if (lines.Count > KeptLines)
            {
                lines.Dequeue();
            }
        }

        Match told = Iteration().Match(line);
        if (told.Success)
        {
            Interlocked.Exchange(ref iteration, long.Parse(told.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
        }
    }

    [GeneratedRegex(@"\] Iteration (\d+)[, ]")]
    private static partial Regex Iteration();
}
