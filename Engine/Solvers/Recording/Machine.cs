using System.Runtime.InteropServices;

namespace Cnn.Engine.Solvers.Recording;

/// <summary>Describes the machine that a run runs on.</summary>
internal static class Machine
{
    private const string ProcessorFile = "/proc/cpuinfo", ProcessorKey = "model name";

    /// <summary>Returns its name, processor, threads and system.</summary>
    /// <param name="threads">The number of threads that compute.</param>
    public static string Describe(int threads) =>
        $"{Environment.MachineName}, {Processor()}, {threads} {(threads == 1 ? "thread" : "threads")}, "
        + RuntimeInformation.OSDescription;

    private static string Processor()
    {
        string? name = Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER");
        if (name is null && File.Exists(ProcessorFile))
        {
            try
            {
                name = File.ReadLines(ProcessorFile)
                    .FirstOrDefault(line => line.StartsWith(ProcessorKey, StringComparison.Ordinal))
                    ?.Split(':', 2)[1].Trim();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The architecture has to do.
            }
        }

        return name is { Length: > 0 } ? name : RuntimeInformation.ProcessArchitecture.ToString();
    }
}
