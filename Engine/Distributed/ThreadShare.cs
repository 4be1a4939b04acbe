using Cnn.Layers.Threading;

namespace Cnn.Engine.Distributed;

/// <summary>How many threads each process of a group computes with unless the user says so.</summary>
public static class ThreadShare
{
    private const string CoresOfProcess = "Cpus_allowed:";

    /// <summary>
    /// Returns the number of cores that this process may use, divided by the processes of its machine that may use the
    /// same ones; at least 1. Where the launcher has bound each process to cores of its own, they are shared out
    /// already. Every process of the group calls it.
    /// </summary>
    public static int Of(ProcessGroup group)
    {
        string mine = $"{Environment.MachineName}\n{Cores()}";
        int sharers = group.GatherText(mine).Count(other => other == mine);
        return Math.Clamp(Environment.ProcessorCount / sharers, 1, WorkerPool.MaxThreads);
    }

    // Which cores the system lets this process use; empty where it does not tell.
    private static string Cores()
    {
        try
        {
            return OperatingSystem.IsLinux()
                ? File.ReadLines("/proc/self/status").FirstOrDefault(
                    line => line.StartsWith(CoresOfProcess, StringComparison.Ordinal)) ?? ""
                : "";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
