using Cnn.Campaigns.Fuzz.Checks;
using Cnn.Campaigns.Fuzz.Corpora;
using Cnn.Campaigns.Fuzz.Mutations;
using Cnn.Campaigns.Fuzz.Readers;
using Cnn.Fillers;
using Cnn.Proto;
using Cnn.Proto.Formats;

namespace Cnn.Tests.Campaigns;

/// <summary>
/// The short form of the fuzzing campaign: each reader's corpus, and some hundred damaged copies of it.
/// </summary>
[Trait("Category", "Fuzz")]
public sealed class FuzzTests : IDisposable
{
    private const int Copies = 150;

    private readonly TemporaryFolder folder = new();
    private readonly TemporaryFolder seeds = new();

    public static TheoryData<string> Readers => [.. FuzzReaders.All.Select(reader => reader.Name)];

    public void Dispose()
    {
        folder.Dispose();
        seeds.Dispose();
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public void FilesAreReadOrRefusedAsPromised(string name)
    {
        FuzzReader reader = FuzzReaders.Find(name);
        var check = new InputCheck(reader, folder.Path);
        byte[][] whole = [.. reader.Seeds(seeds.Path)], corpus = [.. whole, .. CorpusArchive.Read(name)];
        Assert.Contains(whole, input => check.Read(input).IsRead);
        Assert.All(corpus, input => Assert.Null(check.Check(input).Fault));
        var (random, mutator) = (new PhiloxRandom(1), new Mutator(reader));
        for (int i = 0; i < Copies; i++)
        {
            byte[] input = mutator.Create(corpus[random.Next(corpus.Length)], corpus[random.Next(corpus.Length)],
                random);
            InputOutcome outcome = check.Check(input);
            Assert.True(outcome.Fault is null, $"copy {i}: {outcome.Fault}: {Convert.ToBase64String(input)}");
        }
    }

    [Fact]
    public void EveryReaderHasACorpus() =>
        Assert.All(FuzzReaders.All, reader => Assert.NotEmpty(CorpusArchive.Read(reader.Name)));

    [Fact]
    public void OtherExceptionsAndErrorsThatNameNoFileAreFaults()
    {
        Assert.StartsWith("InvalidCastException", Fault(_ => throw new InvalidCastException("a")),
            StringComparison.Ordinal);
        Assert.Contains("does not name the file", Fault(_ => throw new CnnException("a")), StringComparison.Ordinal);
        Assert.Contains("programmers", Fault(path => throw new CnnException($"{path}: Exception")),
            StringComparison.Ordinal);
        Assert.Contains(
            "impossible place",
            Fault(path => throw new CnnException(new Diagnostic("a", new SourceLocation(path, 0, 1)))),
            StringComparison.Ordinal);
        Assert.Null(Fault(path => throw new CnnException($"{path}: is wrong")));
        Assert.Null(Fault(_ => { }));
    }

    [Fact]
    public void TooMuchTimeIsAFault() => Assert.Contains(
        "of the processor", Fault(_ => SpinFor(TimeSpan.FromSeconds(2))), StringComparison.Ordinal);

    // 100 MB of numbers, packed; the file may take 4 MB and is given no more than the runtime needs beside them.
    [Fact]
    public void TooMuchMemoryIsAFault()
    {
        string path = folder["zeros.npz"];
        NamedArrayFiles.Write(path, [new("a.weight", new SeedArray(25 << 20))], []);
        byte[] packed = NpzSeeds.Pack(File.ReadAllBytes(path));
        FuzzReader frugal = FuzzReaders.Find("npz") with { Unpacked = input => -input.Length - (15 << 20) };

        Assert.Contains("takes more than", InputProcess.Run(frugal, packed).Fault, StringComparison.Ordinal);
        Assert.Null(InputProcess.Run(FuzzReaders.Find("npz"), packed).Fault);
    }

    private static void SpinFor(TimeSpan time)
    {
        TimeSpan end = Environment.CpuUsage.TotalTime + time;
        while (Environment.CpuUsage.TotalTime < end)
        {
            Thread.SpinWait(1000);
        }
    }

    private string? Fault(Action<string> read) => new InputCheck(
        new FuzzReader { Name = "made", FileName = "input", Seeds = _ => [], Read = read },
            folder.Path).Check([1, 2, 3]).Fault;
}
