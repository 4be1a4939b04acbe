using System.Globalization;
using Cnn.Campaigns.Fuzz.Checks;
using Cnn.Campaigns.Fuzz.Corpora;
using Cnn.Campaigns.Fuzz.Readers;
using Cnn.Campaigns.Running;
using Cnn.Fillers;

namespace Cnn.Campaigns.Fuzz.Working;

/// <summary>
/// The process, from an instrumented copy of this program, that reads inputs: what kills it does not end the campaign.
/// It takes a line for each round and answers with lines.
/// </summary>
internal static class FuzzWorker
{
    /// <summary>The command's first word.</summary>
    public const string Command = "fuzz-worker";

    /// <summary>The words that begin a line to it: a round, and the writing of the corpus as an archive.</summary>
    public const string Round = "round", Keep = "keep";

    /// <summary>The words that begin a line of it.</summary>
    public const string Ready = "ready", Done = "done", Found = "found";

    /// <summary>The names in its folder: the corpus, and the input that it reads.</summary>
    public const string CorpusName = "corpus", CurrentName = "current";

    private const long LargestArchive = 64 << 10;

    // Files here are no files of a disk.
    private const string MemoryFolder = "/dev/shm";

    /// <summary>Reads inputs until there are no more lines.</summary>
    /// <param name="name">The reader.</param>
    /// <param name="folder">Where the campaign keeps the reader's corpus.</param>
    /// <param name="seed">The campaign's seed.</param>
    public static int Run(string name, string folder, ulong seed)
    {
        TextWriter output = Console.Out;
        Console.SetOut(TextWriter.Null);
        string scratch = Directory.CreateDirectory(Path.Combine(
            Directory.Exists(MemoryFolder) ? MemoryFolder
                : Path.GetTempPath(), $"cnn-fuzz-{Environment.ProcessId}")).FullName;
        try
        {
            FuzzReader reader = FuzzReaders.Find(name);
            using var current = new CurrentInput(Path.Combine(folder, CurrentName));
            var watch = new HangWatch();
            var corpus = new Corpus(Path.Combine(folder, CorpusName));
            var loop = new FuzzLoop(
                reader,
                new InputCheck(reader, Directory.CreateDirectory(Path.Combine(scratch, "input")).FullName),
                corpus,
                input =>
                {
                    watch.Next();
                    current.Set(input);
                });
            Answer(loop, corpus, folder, Path.Combine(scratch, "seeds"), seed, name, output);
            return 0;
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static void Answer(
        FuzzLoop loop, Corpus corpus, string folder, string seeds, ulong seed, string name, TextWriter output)
    {
        string number = "0";
        var known = new HashSet<string>(StringComparer.Ordinal);
        loop.Found += (input, outcome) =>
        {
            if (known.Add(outcome.Signature) && SavedInputs.Save(folder, number, input, outcome) is { } file)
            {
                output.WriteLine($"{Found}\t{WorkerLine.OneLine(outcome.Fault!)}\t{file}");
            }
        };
        loop.Begin(Directory.CreateDirectory(seeds).FullName);
        output.WriteLine(Ready);
        output.Flush();
        while (Console.In.ReadLine()?.Split('\t') is [var word, var argument, var count])
        {
            if (word == Keep)
            {
                int kept = CorpusArchive.Write(argument, loop.Distilled(), LargestArchive);
                output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{Done}\t{kept}\t{corpus.Inputs.Count}\t0\t0\t0"));
            }
            else
            {
                number = argument;
                (long Read, long Refused) before = loop.Counts;
                TimeSpan start = Environment.CpuUsage.TotalTime;
                loop.Round(
                    new PhiloxRandom(seed ^ PartRun.Hash("fuzz/" + name),
                        ulong.Parse(number, CultureInfo.InvariantCulture)),
                    int.Parse(count, CultureInfo.InvariantCulture));
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Done}\t{loop.Counts.Read - before.Read}\t{loop.Counts.Refused - before.Refused}\t{loop.Edges}\t"
                    + $"{corpus.Inputs.Count}\t"
                    + $"{(long)(Environment.CpuUsage.TotalTime - start).TotalMilliseconds}"));
            }

            output.Flush();
        }
    }
}
