using System.Globalization;
using System.Text.RegularExpressions;
using Cnn.Engine.Graph;
using Cnn.Tests.Runner.Commands;

namespace Cnn.Tests.Runner.Reports;

/// <summary>What scripts that parse Caffe's logs look for is found in ours, in the places where they look.</summary>
[Trait("Category", "Unit")]
public sealed class LogLineTests : IDisposable
{
    private const string Prefix = @"^[IWEF]\d{4} \d{2}:\d{2}:\d{2}\.\d{6} +\d+ \S+\] ";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ATrainingLogHoldsTheSeriesThatScriptsPlot()
    {
        string[] log = Train("clip_gradients: 0.01");

        Assert.All(log, line => Assert.Matches(Prefix, line));
        Assert.Equal(["0", "20", "40"], Captures(log, @"Iteration (\d+), lr = [0-9.e+-]+$"));
        Assert.Equal(["0", "20", "40"], Captures(log, @"Iteration (\d+) \([0-9.e+-]+ iter/s, [0-9.e+-]+s/20 iters\), loss = [0-9.e+-]+$"));
        Assert.Equal(["0", "30", "60"], Captures(log, @"Iteration (\d+), Testing net \(#0\)$"));
        Assert.Equal(3, Captures(log, @"    Train net output #0: (\S+) = [0-9.e+-]+ \(\* 1 = [0-9.e+-]+ loss\)$").Length);
        Assert.Equal(3, Captures(log, @"    Test net output #0: (accuracy) = [0-9.e+-]+$").Length);
        Assert.Equal(3, Captures(log, @"    Test net output #1: (loss) = [0-9.e+-]+ \(\* 1 = [0-9.e+-]+ loss\)$").Length);
        Assert.NotEmpty(Captures(log, @"\] (Gradient clipping: scaling down gradients \(L2 norm )"));
        Assert.Single(Captures(log, @"\] (Iteration 60, loss = [0-9.e+-]+)$"));
        Assert.Equal(2, Captures(log, @"\] (Optimization Done\.)$").Length);
        int start = Array.FindIndex(log, l => l.Contains("] Solving Small", StringComparison.Ordinal));
        int iteration = Array.FindIndex(log, l => l.Contains("Iteration ", StringComparison.Ordinal));
        Assert.InRange(start, 1, iteration);
    }

    [Fact]
    public void TheFieldsThatShellScriptsCountAreWhereTheyCountThem()
    {
        string[] log = Train("");

        Assert.All(Fields(log, "Test net output #0", 11), value => Assert.InRange(value, 0, 1));
        Assert.All(Fields(log, "Test net output #1", 11), value => Assert.InRange(value, 0, 10));
        Assert.Equal(0.01, Fields(log, ", lr = ", 9)[0]);
    }

    [Fact]
    public void ATestLogHoldsTheBatchesAndTheMeans()
    {
        Train("");
        CommandLine run = CommandLine.Run(
            "test", "--model", folder["net.prototxt"], "--weights", folder["snap_iter_60.caffemodel"], "--iterations", "2");
        string[] log = Lines(run.Error);

        Assert.Equal(["0", "1"], Captures(log, @"\] Batch (\d+), accuracy = [0-9.e+-]+$"));
        Assert.Single(Captures(log, @"\] (Loss: [0-9.e+-]+)$"));
        Assert.Single(Captures(log, @"\] (accuracy = [0-9.e+-]+)$"));
        Assert.Single(Captures(log, @"\] (loss = [0-9.e+-]+ \(\* 1 = [0-9.e+-]+ loss\))$"));
    }

    [Fact]
    public void ATimingLogHoldsEachLayerAndTheAverages()
    {
        folder.Write("net.prototxt", SmallTraining.Net);
        string[] log = Lines(CommandLine.Run("time", "--model", folder["net.prototxt"], "--iterations", "2").Error);

        Assert.Single(Captures(log, @"\] (\*\*\* Benchmark begins \*\*\*)$"));
        Assert.Equal(["1", "2"], Captures(log, @"\] Iteration: (\d+) forward-backward time: [0-9.e+-]+ ms\.$"));
        Assert.Single(Captures(log, @"\]      (conv1)\tforward: [0-9.e+-]+ ms\.$"));
        Assert.Single(Captures(log, @"\]      (conv1)\tbackward: [0-9.e+-]+ ms\.$"));
        foreach (string what in (string[])["Average Forward pass", "Average Backward pass", "Average Forward-Backward", "Total Time"])
        {
            Assert.Single(Captures(log, $@"\] ({what}): [0-9.e+-]+ ms\.$"));
        }

        Assert.Single(Captures(log, @"\] (\*\*\* Benchmark ends \*\*\*)$"));
    }

    private string[] Train(string more)
    {
        string solver = SmallTraining.Write(
            folder, 60, 0, $"random_seed: 7 {more}", folder["snap"].Replace('\\', '/'));
        File.WriteAllText(
            solver,
            File.ReadAllText(solver)
                .Replace("display: 50", "display: 20", StringComparison.Ordinal)
                .Replace("test_interval: 50", "test_interval: 30", StringComparison.Ordinal));
        CommandLine run = CommandLine.Run("train", "-solver", solver);
        Assert.True(run.ExitCode == 0, run.Error);
        return Lines(run.Error);
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string[] Captures(string[] log, string pattern) =>
        [.. log.Select(l => Regex.Match(l, pattern)).Where(m => m.Success).Select(m => m.Groups[1].Value)];

    private static double[] Fields(string[] log, string containing, int field) =>
        [.. log.Where(l => l.Contains(containing, StringComparison.Ordinal)).Select(l =>
            double.Parse(l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[field - 1], CultureInfo.InvariantCulture))];
}
