using System.Diagnostics;
using System.Globalization;
using Cnn.Campaigns.Fuzz.Readers;
using Cnn.Campaigns.Fuzz.Working;

namespace Cnn.Campaigns.Fuzz.Checks;

/// <summary>
/// Reads one input in a process whose managed memory is limited to what reading may take and the runtime's own, so that
/// taking more ends in an exception; the process also tells the most memory of all kinds that it held.
/// </summary>
internal static class InputProcess
{
    /// <summary>The command's first word.</summary>
    public const string Command = "fuzz-input";

    // What a process takes that reads a small whole file, and what the collector leaves lying about.
    private const long Runtime = 64L << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Reads an input in a process.</summary>
    public static InputOutcome Run(FuzzReader reader, byte[] input)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["input"], input);
        long most = reader.Allowance(input);
        var start = new ProcessStartInfo(
            "dotnet", [ThisProgram.Path, Command, reader.Name, folder["input"],
            most.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_GCHeapHardLimit"] =
            (most + Runtime).ToString("x", CultureInfo.InvariantCulture);
        start.Environment["DOTNET_gcConcurrent"] = "0";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            return new InputOutcome(false, $"hangs: no end in {Patience.TotalMinutes} minutes", "hang");
        }

        return process.ExitCode == 0
            ? WorkerLine.OutcomeOf(output.Result.Trim())
            : DeadWorker.OutcomeOf(process.ExitCode, error.Result);
    }

    /// <summary>What the process does: it reads the input and prints what became of it.</summary>
    /// <param name="name">The reader.</param>
    /// <param name="path">The input.</param>
    /// <param name="most">The memory that reading it may take.</param>
    public static int ReadOne(string name, string path, long most)
    {
        FuzzReader reader = FuzzReaders.Find(name);
        using var folder = new TemporaryFolder();
        using var seeds = new TemporaryFolder();
        var check = new InputCheck(reader, folder.Path) { MeasuresMemory = false };

        // Code is compiled and tables are made once, for all files.
        foreach (byte[] seed in reader.Seeds(seeds.Path))
        {
            check.Read(seed);
        }

        byte[] input = File.ReadAllBytes(path);
        long before = Peak();
        InputOutcome outcome = check.Read(input);
        long taken = Peak() - before;
        if (outcome.Fault?.StartsWith(nameof(OutOfMemoryException), StringComparison.Ordinal) == true)
        {
            outcome = new InputOutcome(false, $"takes more than {most} bytes: {outcome.Fault}", "memory");
        }
        else if (outcome.Fault is null && taken > most + Runtime)
        {
            outcome = new InputOutcome(false, $"takes more than {most} bytes: {taken}, as the system sees it",
                "memory");
        }

        Console.Out.WriteLine(WorkerLine.Of(outcome));
        return 0;
    }

    private static long Peak()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
