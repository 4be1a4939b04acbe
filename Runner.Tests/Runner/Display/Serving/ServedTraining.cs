using System.Text.RegularExpressions;

namespace Cnn.Tests.Runner.Display.Serving;

/// <summary><c>cnn train --run --serve</c> in its own process, on a run that goes on until it is stopped.</summary>
internal sealed partial class ServedTraining : IDisposable
{
    private const int Long = 10_000_000;

    private ServedTraining(TemporaryFolder folder, CnnProcess process, string address) =>
        (Folder, Process, Address) = (folder, process, address);

    public TemporaryFolder Folder { get; }

    public CnnProcess Process { get; }

    /// <summary>The address of the page, with its token.</summary>
    public string Address { get; }

    /// <summary>The address of the server, which ends in a slash.</summary>
    public string Server => Address[..(Address.IndexOf('?', StringComparison.Ordinal))];

    /// <summary>Starts to train, and returns when it does.</summary>
    public static async Task<ServedTraining> StartAsync()
    {
        var folder = new TemporaryFolder();
        SmallTraining.Write(folder, Long, snapshot: 0, "random_seed: 7 run_interval: 5");
        CnnProcess process = CnnProcess.Start(
            folder.Path, "train", "--solver", "solver.prototxt", "--run", "run", "--serve");
        try
        {
            Match told = await process.WaitForError(AddressPattern());
            await process.WaitForError("] Solving ");
            return new ServedTraining(folder, process, told.Groups["address"].Value);
        }
        catch
        {
            process.Dispose();
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Returns the address of a part of the page, with the token.</summary>
    public string AddressOf(string part) =>
        Address.Replace("/?", $"/{part}?", StringComparison.Ordinal);

    public void Dispose()
    {
        Process.Dispose();
        Folder.Dispose();
    }

    [GeneratedRegex(
        @"^Watch the run at (?<address>http://127\.0\.0\.1:\d+/\?token=[0-9a-f]{24})\r?$", RegexOptions.Multiline)]
    private static partial Regex AddressPattern();
}
