using System.Globalization;

namespace Cnn.Campaigns.LongRuns;

/// <summary>What a process holds at one moment, as Linux tells it.</summary>
/// <param name="Seconds">The time since the first sample.</param>
/// <param name="Iteration">How far the work is.</param>
/// <param name="Bytes">The resident memory.</param>
/// <param name="Handles">
/// The number of open files, sockets and so on; assemblies, which are loaded once and stay, are left out.
/// </param>
/// <param name="Threads">The number of threads.</param>
internal sealed record ProcessSample(double Seconds, long Iteration, long Bytes, int Handles, int Threads)
{
    /// <summary>Reads the sample of a process.</summary>
    /// <exception cref="IOException">The process has ended.</exception>
    public static ProcessSample Read(int process, double seconds, long iteration)
    {
        string folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}");
        string[] status = File.ReadAllLines($"{folder}/status");
        return new ProcessSample(
            seconds,
            iteration,
            Field(status, "VmRSS:") * 1024,
            Directory.GetFileSystemEntries($"{folder}/fd").Count(IsHandle),
            (int)Field(status, "Threads:"));
    }

    // Null where it was closed meanwhile.
    private static bool IsHandle(string path) =>
        new FileInfo(path).LinkTarget is { } target && !target.EndsWith(".dll", StringComparison.Ordinal);

    private static long Field(string[] status, string name) =>
        status.FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal)) is { } line
            ? long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture)
            : throw new IOException("the process has ended");
}
