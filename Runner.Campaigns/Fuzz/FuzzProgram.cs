using System.Globalization;
using Cnn.Campaigns.Fuzz.Checks;
using Cnn.Campaigns.Fuzz.Coverage;
using Cnn.Campaigns.Fuzz.Readers;
using Cnn.Campaigns.Fuzz.Working;

namespace Cnn.Campaigns.Fuzz;

/// <summary>
/// The commands of the processes that a fuzzing campaign starts, and the one that writes the corpora of the repository.
/// </summary>
internal static class FuzzProgram
{
    private const string Corpora = "fuzz-corpora";

    /// <summary>Runs one of the commands; null where the arguments are no such command.</summary>
    public static int? Run(string[] args, TextWriter output)
    {
        // Instrumented code counts from its first block on.
        EdgeMap.Attach();
        return args switch
        {
            [FuzzWorker.Command, var reader, var folder, var seed] =>
                FuzzWorker.Run(reader, folder, ulong.Parse(seed, CultureInfo.InvariantCulture)),
            [InputProcess.Command, var reader, var path, var most] =>
                InputProcess.ReadOne(reader, path, long.Parse(most, CultureInfo.InvariantCulture)),
            [Corpora, var state, var to] => WriteCorpora(state, Path.GetFullPath(to), output),
            _ => null,
        };
    }

    // The inputs of a campaign's state that are needed for its edges, an archive for each reader that has run.
    private static int WriteCorpora(string state, string to, TextWriter output)
    {
        string program = InstrumentedCopy.Make(Directory.CreateDirectory(state).FullName);
        Directory.CreateDirectory(to);
        foreach (string reader in FuzzReaders.All.Select(r => r.Name))
        {
            string folder = Path.GetFullPath(Path.Combine(state, reader));
            if (!Directory.Exists(folder))
            {
                continue;
            }

            string archive = Path.Combine(to, reader + ".zip");
            using var worker = new WorkerProcess(program, reader, folder, 0);
            long[]? kept = worker.Ask($"{FuzzWorker.Keep}\t{archive}\t0", "0", output.WriteLine);
            output.WriteLine(kept is null
                ? $"{reader}: not written"
                : $"{reader}: {kept[0]} of {kept[1]} inputs, {new FileInfo(archive).Length} bytes");
        }

        return 0;
    }
}
