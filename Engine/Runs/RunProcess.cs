using System.ComponentModel;
using System.Diagnostics;

namespace Cnn.Engine.Runs;

/// <summary>The process that writes a run.</summary>
/// <param name="Host">The name of its machine.</param>
/// <param name="Id">Its number.</param>
/// <param name="Started">When it started, since another process may have the number later.</param>
internal sealed record RunProcess(string Host, int Id, DateTimeOffset Started)
{
    // The system computes the start from a clock that it may correct later.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(10);

    /// <summary>This process.</summary>
    public static RunProcess Current()
    {
        using var process = Process.GetCurrentProcess();
        return new RunProcess(Environment.MachineName, process.Id, StartOf(process) ?? default);
    }

    /// <summary>Whether the process is there; null when it is of another machine, where that is unknown.</summary>
    public bool? IsAlive()
    {
        if (Host != Environment.MachineName)
        {
            return null;
        }

        try
        {
            using var process = Process.GetProcessById(Id);
            return StartOf(process) is not { } start || (start - Started).Duration() < Tolerance;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    // Null where the system does not tell: it may refuse to for processes of other users.
    private static DateTimeOffset? StartOf(Process process)
    {
        try
        {
            return process.StartTime.ToUniversalTime();
        }
        catch (Exception exception) when (exception is Win32Exception or InvalidOperationException)
        {
            return null;
        }
    }
}
