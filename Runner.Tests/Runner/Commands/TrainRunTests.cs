using Cnn.Engine.Runs;

namespace Cnn.Tests.Runner.Commands;

[Trait("Category", "Unit")]
public sealed class TrainRunTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Run => folder["run"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void TheFolderHoldsTheRun()
    {
        string solver = Small(6);
        CommandLine run = CommandLine.Run("train", "--solver", solver, "--run", Run);

        Assert.True(run.ExitCode == 0, run.Error);
        RunRecord record = RunFolder.Read(Run);
        Assert.Equal((RunState.Completed, 6), (record.State, record.Iteration));
        Assert.EndsWith($"train --solver {solver} --run {Run}", record.Info.Command, StringComparison.Ordinal);
        Assert.True(record.TryFind("train/loss", out RunCurve? loss));
        Assert.Equal(6, loss.Count);
        Assert.True(record.TryFind("test/accuracy", out _));
        Assert.NotEqual(default, record.Info.Started);
        Assert.EndsWith("snap_iter_6.solverstate", record.LastSnapshot, StringComparison.Ordinal);
        Assert.Equal(["solver.prototxt", "net.prototxt"], record.Definitions.Keys);
        Assert.Equal(16, record.Classes!.Counts.Sum(row => row.Sum()));
        Assert.Contains($"--resume latest --run {Run}", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void TheLogOfTheFolderHasAllLines()
    {
        CommandLine run = CommandLine.Run("train", "--solver", Small(4), "--run", Run);

        string log = File.ReadAllText(Path.Combine(Run, "run.log"));
        Assert.Contains("Creating layer ", run.Error, StringComparison.Ordinal);
        Assert.Equal(Bare(run.Error), Bare(log));
    }

    [Fact]
    public void AFolderWithARunIsRefusedUnlessTheRunIsResumed()
    {
        string solver = Small(4);
        CommandLine.Run("train", "--solver", solver, "--run", Run);

        CommandLine again = CommandLine.Run("train", "--solver", solver, "--run", Run);
        CommandLine resumed = CommandLine.Run(
            "train", "--solver", solver, "--run", Run, "--resume", "latest", "--iterations", "9");

        Assert.Equal(1, again.ExitCode);
        Assert.Contains(Run, again.Error, StringComparison.Ordinal);
        Assert.True(resumed.ExitCode == 0, resumed.Error);
        RunRecord record = RunFolder.Read(Run);
        Assert.Equal((RunState.Completed, 9), (record.State, record.Iteration));
        Assert.True(record.TryFind("train/loss", out RunCurve? loss));
        Assert.Equal(Enumerable.Range(0, 9).Select(i => (long)i), loss.Points.Select(p => p.Iteration));
        Assert.Contains("Resuming from", File.ReadAllText(Path.Combine(Run, "run.log")), StringComparison.Ordinal);
    }

    [Fact]
    public void AFolderThatHoldsSomethingElseIsRefused()
    {
        Directory.CreateDirectory(Run);
        folder.Write("run/precious.txt", "mine");

        CommandLine run = CommandLine.Run("train", "--solver", Small(4), "--run", Run);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(Run, run.Error, StringComparison.Ordinal);
        Assert.Equal([Path.Combine(Run, "precious.txt")], Directory.GetFileSystemEntries(Run));
    }

    [Fact]
    public void ARunThatNeverBeganLeavesNoFolder()
    {
        folder.Write("net.prototxt", SmallTraining.Net.Replace("Pooling", "Pulling", StringComparison.Ordinal));
        string solver = folder.Write("solver.prototxt", SmallTraining.Solver(4, 0));

        CommandLine run = CommandLine.Run("train", "--solver", solver, "--run", Run);

        Assert.Equal(1, run.ExitCode);
        Assert.False(Directory.Exists(Run));
    }

    [Fact]
    public void ResumingWithoutASnapshotStartsTheRunAnew()
    {
        string solver = Small(50, "snapshot_after_train: false");
        CommandLine.Run("train", "--solver", solver, "--run", Run, "--iterations", "5");
        string summary = Path.Combine(Run, "run.json");
        string stopped = File.ReadAllText(summary)
            .Replace("\"state\": \"completed\"", "\"state\": \"stopped\"", StringComparison.Ordinal);
        File.WriteAllText(summary, stopped);
        CommandLine resumed = CommandLine.Run(
            "train", "--solver", solver, "--run", Run, "--resume", "latest", "--iterations", "3");

        Assert.True(resumed.ExitCode == 0, resumed.Error);
        Assert.True(RunFolder.Read(Run).TryFind("train/loss", out RunCurve? loss));
        Assert.Equal([0, 1, 2], loss.Points.Select(p => p.Iteration));
    }

    [Fact]
    public void ACompletedRunIsNotBegunAnewForWantOfASnapshot()
    {
        string solver = Small(50, "snapshot_after_train: false");
        CommandLine.Run("train", "--solver", solver, "--run", Run, "--iterations", "5");
        string figures = File.ReadAllText(Path.Combine(Run, "metrics.jsonl"));
        CommandLine resumed = CommandLine.Run(
            "train", "--solver", solver, "--run", Run, "--resume", "latest", "--iterations", "3");

        Assert.Equal(1, resumed.ExitCode);
        Assert.Contains("has a run, but there is no snapshot", resumed.Error, StringComparison.Ordinal);
        Assert.Equal(figures, File.ReadAllText(Path.Combine(Run, "metrics.jsonl")));
    }

    private string Small(int iterations, string more = "random_seed: 7") => SmallTraining.Write(
        folder, iterations, snapshot: 0, more, folder["snap"].Replace('\\', '/'));

    // The messages of log lines, without severity, time, thread and place.
    private static string[] Bare(string text) =>
    [
        .. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(l => l.Contains("] ", StringComparison.Ordinal))
            .Select(l => l[(l.IndexOf("] ", StringComparison.Ordinal) + 2)..].TrimEnd()),
    ];
}
