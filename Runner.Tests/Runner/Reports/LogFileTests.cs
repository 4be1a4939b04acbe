using System.Globalization;
using System.Text.RegularExpressions;

namespace Cnn.Tests.Runner.Reports;

/// <summary>
/// Both streams of the program in one file, as <c>2>&amp;1 | tee log</c> makes it: scripts extract values from it by
/// line patterns and field numbers.
/// </summary>
[Trait("Category", "Unit")]
public sealed partial class LogFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task LinesOutsideTheLogAreNotTakenForItsOwn()
    {
        string[] lines = await Train(40, 20, "display: 10 test_interval: 20");

        Assert.DoesNotContain("", lines);
        string[] others = [.. lines.Where(l => !Line().IsMatch(l))];
        Assert.NotEmpty(others);
        Assert.DoesNotContain(others, l => Regex.IsMatch(
            l, @"Iteration |Solving|Testing net|Train net output|Test net output|, loss = |, lr = "));
    }

    [Fact]
    public async Task TheTableOfTrainingHasARowForEachDisplayAndOneForTheEnd()
    {
        string[] lines = await Train(40, 20, "display: 10 test_interval: 20");

        string[] rows = [.. lines.Where(l => l.Contains(", loss = ", StringComparison.Ordinal))];
        Assert.Equal([0, 10, 20, 30, 40], rows.Select(r => Number(Regex.Match(r, @"Iteration (\d+)").Groups[1].Value)));
        Assert.All(rows, r => Assert.InRange(Number(r.Split('=')[1].Trim()), 0, 100));
        Assert.Equal(4, lines.Count(l => l.Contains(", lr = ", StringComparison.Ordinal)));
        Assert.Single(lines, l => l.Contains("] Solving ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task EachTestIsFollowedByItsOutputsInTheOrderOfTheirNumbers()
    {
        string[] lines = await Train(40, 20, "display: 10 test_interval: 20");

        int[] tests =
        [
            .. Enumerable.Range(0, lines.Length)
                .Where(i => lines[i].Contains("Testing net (#0)", StringComparison.Ordinal)),
        ];
        Assert.Equal(3, tests.Length);
        Assert.All(tests, i => Assert.Matches(@"\]     Test net output #0: accuracy = \S+$", lines[i + 1]));
        Assert.All(
            tests, i => Assert.Matches(@"\]     Test net output #1: loss = \S+ \(\* 1 = \S+ loss\)$", lines[i + 2]));
    }

    [Fact]
    public async Task ADisplayIsTheLossThenTheOutputsThenTheRate()
    {
        string[] lines = await Train(40, 20, "display: 10 test_interval: 20");

        int at = Array.FindIndex(lines, l => l.Contains("] Iteration 10 (", StringComparison.Ordinal));
        Assert.Contains("]     Train net output #0: loss = ", lines[at + 1], StringComparison.Ordinal);
        Assert.EndsWith("] Iteration 10, lr = 0.00999251", lines[at + 2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task TimesGoForwardFromTheLineThatStartsTheClock()
    {
        string[] lines = await Train(40, 20, "display: 10 test_interval: 20");

        DateTime[] times = [.. lines.Select(l => Line().Match(l)).Where(m => m.Success).Select(m =>
            DateTime.ParseExact(m.Groups[1].Value, "MMdd HH:mm:ss.ffffff", CultureInfo.InvariantCulture))];
        Assert.True(times.Length > 20);

        // The times have no year, so at New Year they go back once, by almost a year.
        Assert.DoesNotContain(
            times.Zip(times.Skip(1)), pair => pair.Second < pair.First && (pair.First - pair.Second).TotalDays < 300);
    }

    [Theory]
    [InlineData("BINARYPROTO", "binary proto", "")]
    [InlineData("HDF5", "HDF5", ".h5")]
    public async Task SnapshotsAndTheWayBackFromThemAreTold(string format, string kind, string suffix)
    {
        string[] lines = await Train(4, 2, $"display: 1 test_interval: 4 snapshot_format: {format}");
        foreach (int iteration in (int[])[2, 4])
        {
            int at = Array.FindIndex(
                lines,
                l => l.EndsWith(
                    $"] Snapshotting to {kind} file snap_iter_{iteration}.caffemodel{suffix}",
                    StringComparison.Ordinal));
            Assert.EndsWith(
                $"] Snapshotting solver state to {kind} file snap_iter_{iteration}.solverstate{suffix}", lines[at + 1],
                StringComparison.Ordinal);
        }

        string[] resumed = await Run(
            "train", "-solver", "solver.prototxt", "-snapshot", $"snap_iter_2.solverstate{suffix}");
        int from = Array.FindIndex(
            resumed, l => l.EndsWith($"] Resuming from snap_iter_2.solverstate{suffix}", StringComparison.Ordinal));
        Assert.EndsWith("] SGDSolver: restoring history", resumed[from + 1], StringComparison.Ordinal);
        Assert.Contains(resumed, l => l.Contains("] Iteration 3 (", StringComparison.Ordinal));
        Assert.DoesNotContain(resumed, l => l.Contains("] Iteration 1 (", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WeightsToStartFromAreTold()
    {
        await Train(2, 2, "display: 1 test_interval: 4");
        File.WriteAllText(
            folder["net.prototxt"],
            File.ReadAllText(folder["net.prototxt"])
                .Replace("name: \"ip2\"", "name: \"renamed\"", StringComparison.Ordinal));

        string[] lines = await Run("train", "-solver", "solver.prototxt", "-weights", "snap_iter_2.caffemodel");

        Assert.Contains(lines, l => l.EndsWith("] Finetuning from snap_iter_2.caffemodel", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.EndsWith("] Ignoring source layer ip2", StringComparison.Ordinal));
        Assert.All(
            lines.TakeWhile(l => !l.StartsWith("Trained ", StringComparison.Ordinal)), l => Assert.Matches(Line(), l));
    }

    private async Task<string[]> Train(int iterations, int snapshot, string display)
    {
        string solver = SmallTraining.Write(folder, iterations, snapshot);
        File.WriteAllText(
            solver, Regex.Replace(File.ReadAllText(solver), "(display|test_interval): 50", "") + "\n" + display);
        return await Run("train", "-solver", "solver.prototxt");
    }

    private async Task<string[]> Run(params string[] arguments)
    {
        using CnnProcess process = CnnProcess.Start(folder.Path, arguments);
        var (exitCode, output, error) = await process.Finish();
        Assert.True(exitCode == 0, error);
        return (error.TrimEnd() + '\n' + output.TrimEnd()).ReplaceLineEndings("\n").Split('\n');
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    // Exactly four words, then the message: scripts count fields from the start of the line.
    [GeneratedRegex(@"^[IWEF](\d{4} \d{2}:\d{2}:\d{2}\.\d{6}) +\d+ \S+\] ")]
    private static partial Regex Line();
}
