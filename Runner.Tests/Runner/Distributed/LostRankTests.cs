using System.Diagnostics;
using Cnn.Tests.Runner.Commands;

namespace Cnn.Tests.Runner.Distributed;

[Trait("Category", "Crash")]
public sealed class LostRankTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static TheoryData<string, int> MpisAndRanks =>
        [.. from mpi in MpiLauncher.Names from rank in (int[])[0, 1] select (mpi, rank)];

    public static TheoryData<string, string> MpisAndSignals =>
        [.. from mpi in MpiLauncher.Names from signal in (string[])["INT", "TERM"] select (mpi, signal)];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(MpisAndRanks))]
    public async Task AKilledRankEndsTheJobAndTheRunGoesOnInTheSameBits(string mpi, int rank)
    {
        var launcher = MpiLauncher.OrSkip(mpi);
        string solver = Write(600, snapshot: 20);
        using MpiJob job = MpiJob.Cnn(launcher, 2, folder, "train", "--solver", solver, "--threads", "1");
        await job.WaitUntil(() => File.Exists(folder["snap_iter_20.solverstate"]));

        job.Signal(rank, "KILL");
        var watch = Stopwatch.StartNew();
        int exitCode = await job.Finish();

        Assert.NotEqual(0, exitCode);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 10);
        Assert.False(File.Exists(folder["snap_iter_600.solverstate"]));
        Resume(solver);
        byte[] resumed = File.ReadAllBytes(folder["snap_iter_600.caffemodel"]);
        Array.ForEach(Directory.GetFiles(folder.Path, "snap_*"), File.Delete);
        Resume(solver);
        Assert.Equal(File.ReadAllBytes(folder["snap_iter_600.caffemodel"]), resumed);
    }

    [Theory]
    [MemberData(nameof(MpisAndSignals))]
    public async Task ASignalToOneRankEndsTheIterationOfAllWithOneSnapshot(string mpi, string signal)
    {
        var launcher = MpiLauncher.OrSkip(mpi);
        string solver = Write(1000000, snapshot: 0);
        using MpiJob job = MpiJob.Cnn(launcher, 2, folder, "train", "--solver", solver, "--threads", "1");
        await job.WaitUntil(() => job.Error.Contains("Iteration 50 ", StringComparison.Ordinal));

        job.Signal(1, signal);
        Assert.Equal(130, await job.Finish());

        Assert.Single(Directory.GetFiles(folder.Path, "*.solverstate"));
        Assert.Contains("Snapshotting solver state", job.Error, StringComparison.Ordinal);
    }

    // From the newest snapshot, or from the beginning where there is none.
    private static void Resume(string solver)
    {
        CommandLine run = CommandLine.Run("train", "--solver", solver, "--resume", "latest", "--threads", "1");

        Assert.True(run.ExitCode == 0, run.Error);
    }

    private string Write(int iterations, int snapshot) => SmallTraining.Write(
        folder, iterations, snapshot, "random_seed: 7 iter_size: 2", folder["snap"]);
}
