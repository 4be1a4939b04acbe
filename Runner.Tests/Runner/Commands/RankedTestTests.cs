namespace Cnn.Tests.Runner.Commands;

/// <summary>
/// <c>cnn test</c> and <c>cnn extract_features</c> in several processes, here ranks that are threads.
/// </summary>
[Trait("Category", "Unit")]
public sealed class RankedTestTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string net, weights;

    public RankedTestTests()
    {
        net = folder.Write("net.prototxt", SmallTraining.Net);
        weights = Weights("w.prototxt", 1);
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void ATestPrintsAndLogsWhatOneProcessDoes(int size)
    {
        CommandLine alone = CommandLine.Run(Test(weights));
        Assert.True(alone.ExitCode == 0, alone.Error);
        Assert.Equal(10, Batches(alone).Length);

        CommandLine[] ranks = RankedCommandLine.Run(size, Test(weights));

        Assert.All(ranks, rank => Assert.Equal(0, rank.ExitCode));
        Assert.Equal(alone.Output, ranks[0].Output);
        Assert.Equal(Batches(alone), Batches(ranks[0]));
        Assert.All(ranks[1..], rank => Assert.Equal(("", ""), (rank.Output, rank.Error)));
    }

    [Fact]
    public void ARankWithOtherWeightsIsToldOnce()
    {
        string other = Weights("other.prototxt", 2);

        CommandLine[] ranks = RankedCommandLine.Run(3, rank => Test(rank == 1 ? other : weights));

        Assert.All(ranks, rank => Assert.Equal(1, rank.ExitCode));
        Assert.Contains("rank 1 on ", ranks[0].Error, StringComparison.Ordinal);
        Assert.Contains(" in the weights of layer 'ip2' of the net: ", ranks[0].Error, StringComparison.Ordinal);
        Assert.Contains("; every rank must run the same net", ranks[0].Error, StringComparison.Ordinal);
        Assert.All(ranks[1..], rank => Assert.Equal("", rank.Error));
    }

    [Fact]
    public void ARankWithAnotherNumberOfBatchesIsToldOnce()
    {
        CommandLine[] ranks = RankedCommandLine.Run(
            2, rank => rank == 0 ? Test(weights) : [.. Test(weights)[..^1], "9"]);

        Assert.All(ranks, rank => Assert.Equal(1, rank.ExitCode));
        Assert.Contains("in the number of batches: '9' there, '5' on rank 0", ranks[0].Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lmdb", "data.mdb")]
    [InlineData("hdf5", "")]
    public void FeaturesHaveTheBytesOfOneProcess(string format, string file)
    {
        Assert.Equal(0, CommandLine.Run(Extract("alone", format)).ExitCode);

        CommandLine[] ranks = RankedCommandLine.Run(3, Extract("shared", format));

        Assert.All(ranks, rank => Assert.Equal(0, rank.ExitCode));
        Assert.Equal($"Wrote {folder["shared"]}\n", ranks[0].Output.ReplaceLineEndings("\n"));
        Assert.All(ranks[1..], rank => Assert.Equal(("", ""), (rank.Output, rank.Error)));
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(folder["alone"], file)),
            File.ReadAllBytes(Path.Combine(folder["shared"], file)));
    }

    [Fact]
    public void AFileThatIsThereIsToldOnce()
    {
        folder.Write("mine", "mine");

        CommandLine[] ranks = RankedCommandLine.Run(2, Extract("mine", "hdf5"));

        Assert.All(ranks, rank => Assert.Equal(1, rank.ExitCode));
        Assert.Contains("mine' exists already", ranks[0].Error, StringComparison.Ordinal);
        Assert.Equal("", ranks[1].Error);
    }

    private string[] Test(string file) => ["test", "--model", net, "--weights", file, "--iterations", "5"];

    private string[] Extract(string target, string format) =>
        ["extract_features", weights, net, "ip2", folder[target], "5", format];

    private string Weights(string name, int value) => folder.Write(
        name,
        $"layer {{ name: 'ip2' type: 'InnerProduct' blobs {{ shape {{ dim: [10, 16] }} data: [{string.Join(
            ", ", Enumerable.Range(0, 160).Select(i => $"{i % 7 * value}"))}] }} "
        + $"blobs {{ shape {{ dim: 10 }} data: [{string.Join(", ", Enumerable.Range(0, 10))}] }} }}");

    private static string[] Batches(CommandLine run) =>
    [
        .. run.Error.Split('\n')
            .Where(line => line.Contains("] Batch ", StringComparison.Ordinal))
            .Select(line => line[line.IndexOf("] Batch ", StringComparison.Ordinal)..]),
    ];
}
