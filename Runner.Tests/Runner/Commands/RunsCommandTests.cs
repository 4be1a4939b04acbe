using System.Text.Json;
using Cnn.Engine.Runs;
using Cnn.Runner.Reports;
using Cnn.Tests.Engine.Runs;

namespace Cnn.Tests.Runner.Commands;

[Trait("Category", "Unit")]
public sealed class RunsCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly SteppedClock clock = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void TheTableShowsWhatDiffersAndTheScores()
    {
        WriteTwo();

        string[] lines = Table(200).Split('\n');
        Assert.Equal(
            "run        state      iterations  time  base_lr  test/accuracy    best  at  test/loss   best   at  "
            + "train/loss  best  at",
            lines[0]);
        Assert.Equal(
            "fast       completed         100  1:30  0.1             0.9712   0.985  50      0.125  0.125  100  "
            + "      0.25  0.25  99",
            lines[1]);
        Assert.Equal(
            "deep/slow  failed      40 of 100  0:05  0.01               NaN  0.5432  20          -      -    -  "
            + "       NaN     2   0",
            lines[2]);
        Assert.Equal(["", "deep/slow failed: the loss is NaN", ""], lines[3..]);
    }

    [Fact]
    public void AWideTableGoesOnBelow()
    {
        WriteTwo();

        string[] lines = Table(60).Split('\n');

        Assert.All(lines, l => Assert.InRange(l.Length, 0, 60));
        Assert.Equal(3, lines.Count(l => l.StartsWith("run  ", StringComparison.Ordinal)));
        Assert.Equal("run        state      iterations  time  base_lr", lines[0]);
        Assert.StartsWith("run        test/accuracy    best  at  test/loss", lines[4], StringComparison.Ordinal);
    }

    [Fact]
    public void ProgramsGetJson()
    {
        WriteTwo();

        CommandLine run = CommandLine.Run("runs", folder.Path, "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        JsonElement[] runs = [.. JsonDocument.Parse(run.Output).RootElement.EnumerateArray()];
        Assert.Equal(["fast", "deep/slow"], runs.Select(r => r.GetProperty("name").GetString()!.Replace('\\', '/')));
        Assert.Equal("failed", runs[1].GetProperty("state").GetString());
        Assert.Equal("0.1", runs[0].GetProperty("settings").GetProperty("base_lr").GetString());
        Assert.Equal(90, runs[0].GetProperty("seconds").GetDouble());
        JsonElement accuracy = runs[0].GetProperty("scores").GetProperty("test/accuracy");
        Assert.Equal(50, accuracy.GetProperty("best").GetProperty("iteration").GetInt64());
        Assert.Equal(0.97123, accuracy.GetProperty("last").GetProperty("value").GetDouble());
        JsonElement lost = runs[1].GetProperty("scores").GetProperty("train/loss").GetProperty("last");
        Assert.Equal("NaN", lost.GetProperty("value").GetString());
    }

    [Fact]
    public void ASingleRunIsListedByItsName()
    {
        WriteTwo();

        CommandLine run = CommandLine.Run("runs", folder["fast"]);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.StartsWith("run   state      iterations  time", run.Output, StringComparison.Ordinal);
        Assert.Contains("\nfast  completed ", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("base_lr", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void AFolderWithoutRunsIsAMistake()
    {
        CommandLine run = CommandLine.Run("runs", folder.Path);

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(
            $"cnn: there is no run in '{folder.Path}' that can be read; 'cnn train --run FOLDER' writes one\n",
            run.Error);
    }

    private string Table(int width) => RunTable.Read(folder.Path, w => Assert.Fail(w.ToString())).Describe(width);

    private void WriteTwo()
    {
        using (RunWriter run = Open("fast", "0.1"))
        {
            run.Scalar("train/loss", 0, 2);
            run.Scalar("train/loss", 99, 0.25);
            run.Scalar("train/learning_rate", 99, 0.1);
            run.Scalar("test/accuracy", 50, 0.985);
            run.Scalar("test/accuracy", 100, 0.97123);
            run.Scalar("test/loss", 100, 0.125);
            clock.Now += TimeSpan.FromSeconds(90);
            run.End(RunState.Completed);
        }

        using (RunWriter run = Open("deep/slow", "0.01"))
        {
            run.Scalar("train/loss", 0, 2);
            run.Scalar("train/loss", 39, double.NaN);
            run.Scalar("test/accuracy", 20, 0.54321);
            run.Scalar("test/accuracy", 40, double.NaN);
            clock.Now += TimeSpan.FromSeconds(5);
            run.End(RunState.Failed, "the loss is NaN");
        }
    }

    private RunWriter Open(string name, string rate)
    {
        var info = new RunInfo
        {
            Net = "LeNet",
            MaxIterations = 100,
            Settings =
            [
                new("net", "lenet.prototxt"), new("base_lr", rate), new("momentum", "0.9"),
                new("snapshot_prefix", name),
            ],
        };
        return RunWriter.Open(folder[name], info, null, clock);
    }
}
