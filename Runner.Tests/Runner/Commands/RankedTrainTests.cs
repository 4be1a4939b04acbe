using System.Globalization;

namespace Cnn.Tests.Runner.Commands;

/// <summary><c>cnn train</c> in several processes, here ranks that are threads.</summary>
[Trait("Category", "Unit")]
public sealed class RankedTrainTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string solver;

    public RankedTrainTests() =>
        solver = SmallTraining.Write(folder, 2, 0, "random_seed: 7 iter_size: 2", folder["snap"]);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void RankZeroAloneWrites()
    {
        CommandLine[] ranks = RankedCommandLine.Run(
            2, "train", solver, "--run", folder["run"], "--log-dir", folder["logs"], "--threads", "1");

        Assert.Equal([0, 0], ranks.Select(r => r.ExitCode));
        Assert.Contains("Trained Small for 2 iterations", ranks[0].Output, StringComparison.Ordinal);
        Assert.Contains($"Wrote {folder["snap_iter_2.solverstate"]}", Joined(ranks[0]), StringComparison.Ordinal);
        Assert.Contains(
            $"] 2 processes over threads, on {Environment.MachineName}; 1 thread each\n",
            ranks[0].Error,
            StringComparison.Ordinal);
        Assert.Equal(("", ""), (ranks[1].Output, ranks[1].Error));
        Assert.Single(Directory.GetFiles(folder["logs"]));
        Assert.True(Directory.Exists(folder["run"]));
    }

    [Fact]
    public void TwoProcessesWriteTheBytesOfOne()
    {
        CommandLine alone = CommandLine.Run("train", solver);
        byte[] weights = File.ReadAllBytes(folder["snap_iter_2.caffemodel"]);
        File.Delete(folder["snap_iter_2.caffemodel"]);

        RankedCommandLine.Run(2, "train", solver);

        Assert.True(alone.ExitCode == 0, alone.Error);
        Assert.Equal(weights, File.ReadAllBytes(folder["snap_iter_2.caffemodel"]));
    }

    [Fact]
    public void AnErrorThatAllHaveIsToldOnceAsByOneProcess()
    {
        CommandLine[] ranks = RankedCommandLine.Run(2, "train", "nosuch.prototxt");

        Assert.Equal([1, 1], ranks.Select(r => r.ExitCode));
        Assert.Equal(CommandLine.Run("train", "nosuch.prototxt").Error, ranks[0].Error);
        Assert.Empty(ranks[1].Error);
    }

    [Fact]
    public void AFileThatOneRankLacksIsToldByRankZero()
    {
        CommandLine[] ranks = RankedCommandLine.Run(
            3, rank => ["train", rank == 2 ? "nosuch.prototxt" : solver]);

        Assert.Equal([1, 1, 1], ranks.Select(r => r.ExitCode));
        Assert.StartsWith("cnn: on rank 2: 'nosuch.prototxt' does not exist", ranks[0].Error, StringComparison.Ordinal);
        Assert.Equal(["", ""], ranks[1..].Select(r => r.Error));
    }

    [Fact]
    public void ProcessesThatDoNotDivideThePassesAreRefusedOnce()
    {
        CommandLine[] ranks = RankedCommandLine.Run(3, "train", solver);

        Assert.Equal([1, 1, 1], ranks.Select(r => r.ExitCode));
        Assert.Contains("iter_size is 2, and 3 processes", ranks[0].Error, StringComparison.Ordinal);
        Assert.Equal(["", ""], ranks[1..].Select(r => r.Error));
    }

    [Fact]
    public void AFolderThatCannotBeWrittenToEndsAllRanks()
    {
        folder.Write("file", "");
        string other = SmallTraining.Write(folder, 2, 0, "random_seed: 7 iter_size: 2", folder["file"] + "/snap");

        CommandLine[] ranks = RankedCommandLine.Run(2, "train", other);

        Assert.Equal(1, ranks[0].ExitCode);
        Assert.Contains("snapshots cannot be written to", ranks[0].Error, StringComparison.Ordinal);
        Assert.NotEqual(0, ranks[1].ExitCode);
        Assert.Empty(ranks[1].Error);
    }

    // The other rank's snapshot_prefix has no snapshots.
    [Fact]
    public void TheLatestSnapshotIsThatOfRankZero()
    {
        CommandLine.Run("train", solver);
        string other = folder.Write(
            "other.prototxt",
            File.ReadAllText(solver).Replace(folder["snap"], folder["none"], StringComparison.Ordinal));

        CommandLine[] ranks = RankedCommandLine.Run(
            2, rank => ["train", rank == 1 ? other : solver, "--resume", "latest", "--iterations", "3"]);

        Assert.True(ranks[0].ExitCode == 0, ranks[0].Error);
        Assert.Contains("for 1 iterations", ranks[0].Output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path, "none*"));
    }

    [Fact]
    public void WeightsThatRankZeroAloneHasAreSentToTheOthers()
    {
        string weights = Weights();

        CommandLine[] ranks = RankedCommandLine.Run(
            2,
            rank => ["train", solver, "--weights", rank == 0 ? weights : "nosuch.caffemodel", "--weights-from-root"]);

        Assert.True(ranks[0].ExitCode == 0, ranks[0].Error);
        Assert.Contains($"] Finetuning from {weights}\n", ranks[0].Error, StringComparison.Ordinal);
        Assert.Empty(ranks[1].Error);
    }

    [Fact]
    public void WeightsThatARankLacksAreToldWithItsRank()
    {
        string weights = Weights();

        CommandLine[] ranks = RankedCommandLine.Run(
            2, rank => ["train", solver, "--weights", rank == 0 ? weights : "nosuch.caffemodel"]);

        Assert.Equal([1, 1], ranks.Select(r => r.ExitCode));
        Assert.Contains("\ncnn: on rank 1: ", ranks[0].Error, StringComparison.Ordinal);
        Assert.Contains("nosuch.caffemodel", ranks[0].Error, StringComparison.Ordinal);
        Assert.Empty(ranks[1].Error);
    }

    [Fact]
    public void CoresAreDividedByTheProcessesOfAMachine()
    {
        CommandLine[] ranks = RankedCommandLine.Run(2, "train", solver);

        int share = Math.Max(1, Environment.ProcessorCount / 2);
        string threads = share == 1 ? "1 thread" : string.Create(CultureInfo.InvariantCulture, $"{share} threads");
        Assert.Contains($"; {threads} each\n", ranks[0].Error, StringComparison.Ordinal);
    }

    // Trains a snapshot and gives its weights a name of their own.
    private string Weights()
    {
        CommandLine.Run("train", solver);
        File.Move(folder["snap_iter_2.caffemodel"], folder["base.caffemodel"]);
        return folder["base.caffemodel"];
    }

    private static string Joined(CommandLine run) =>
        run.Output.Replace("  and ", "Wrote ", StringComparison.Ordinal);
}
