using Cnn.Tests.Proto.Formats.Idx;

namespace Cnn.Tests.Runner.Distributed;

/// <summary>Ranks that were given different things end together, with one message.</summary>
[Trait("Category", "Unit")]
public sealed class UnlikeRanksTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static readonly string Mpi = MpiLauncher.Names[0], OtherMpi = MpiLauncher.Names[^1];

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task AnotherSolver()
    {
        Write("first", "base_lr: 0.1", images: 6);
        Write("second", "base_lr: 0.2", images: 6);

        await Refused(Mpi, "rank 1", "'base_lr: 0.2' there, 'base_lr: 0.1' on rank 0");
    }

    [Fact]
    public async Task AnotherNumberOfImages()
    {
        Write("first", "base_lr: 0.1", images: 6);
        Write("second", "base_lr: 0.1", images: 8);

        await Refused(OtherMpi, "rank 1", "layer 'pictures'", "'8' there, '6' on rank 0");
    }

    [Fact]
    public async Task AMissingFile()
    {
        Write("first", "base_lr: 0.1", images: 6);
        Write("second", "base_lr: 0.1", images: 6);
        File.Delete(folder["second/images"]);

        await Refused(Mpi, "on rank 1: ", "'images'");
    }

    [Fact]
    public async Task ANumberOfProcessesThatThePassesCannotBeSharedBy()
    {
        Write("first", "base_lr: 0.1 iter_size: 3", images: 6);
        Write("second", "base_lr: 0.1 iter_size: 3", images: 6);

        await Refused(OtherMpi, "iter_size is ", "2 processes");
    }

    private async Task Refused(string mpi, params string[] words)
    {
        var launcher = MpiLauncher.OrSkip(mpi);
        string[] command = [MpiJob.Program, "train", "--solver", "solver.prototxt", "--threads", "1"];
        using MpiJob job = MpiJob.Start(
            launcher, folder.Path, [], (1, folder["first"], command), (1, folder["second"], command));

        int exitCode = await job.Finish();

        Assert.InRange(exitCode, 1, 2);
        string message = Assert.Single(
            job.Error.Split('\n'), line => line.Contains(words[0], StringComparison.Ordinal));
        Assert.All(words, word => Assert.Contains(word, message, StringComparison.Ordinal));
    }

    private void Write(string place, string more, int images)
    {
        Directory.CreateDirectory(folder[place]);
        File.WriteAllBytes(folder[$"{place}/images"], IdxFiles.Images(images, 4, 4));
        File.WriteAllBytes(folder[$"{place}/labels"], IdxFiles.Labels(images));
        folder.Write($"{place}/net.prototxt", DistributedNets.OverFiles);
        string passes = more.Contains("iter_size", StringComparison.Ordinal) ? "" : "iter_size: 2";
        folder.Write($"{place}/solver.prototxt", $"""
            net: "net.prototxt" lr_policy: "fixed" max_iter: 4 random_seed: 7 snapshot_prefix: "snap"
            {more} {passes}
            """);
    }
}
