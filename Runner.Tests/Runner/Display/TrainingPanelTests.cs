using System.Text.RegularExpressions;
using Cnn.Engine.Runs;
using Cnn.Engine.Solvers;
using Cnn.Runner.Display;
using Spectre.Console;

namespace Cnn.Tests.Runner.Display;

[Trait("Category", "Unit")]
public class TrainingPanelTests
{
    private static readonly TrainingStatus InTheMiddle = new()
    {
        Net = "LeNet",
        Iteration = 840,
        MaxIterations = 2000,
        Elapsed = TimeSpan.FromSeconds(30),
        Left = TimeSpan.FromSeconds(41),
        Loss = 0.04123,
        MeanLoss = 0.05,
        MeanOf = 20,
        Losses = [.. Enumerable.Range(0, 60).Select(i => 2.3 - (i / 30.0))],
        LossSpan = TimeSpan.FromSeconds(20),
        LearningRate = 0.001f,
        RateSince = 500,
        Speed = 5310,
        CountsImages = true,
        DataWait = 0.02,
        Tests =
        [
            new TestStatus("accuracy", 0, LessIsBetter: false).With(250, 0.98).With(500, 0.97),
            new TestStatus("loss", 0, LessIsBetter: true).With(250, 0.08).With(500, 0.0641),
        ],
        SnapshotIteration = 500,
        SnapshotFile = "lenet_iter_500.solverstate",
        SnapshotAge = TimeSpan.FromSeconds(12),
    };

    [Fact]
    public void EightyColumnsShowEverything() => Assert.Equal(
        [
            "╭─╴LeNet · training╶──────────────────────────────────────────────────────────╮",
            "│ ━━━━━━━━━━━━━━━━━━───────────────────────────  42 %  0:41 left  0:30 so far │",
            "│ iteration      840 of 2,000                                                 │",
            "│ loss           0.0412  mean of 20: 0.0500  ██▇▇▇▆▆▆▅▅▅▄▄▃▃▃▂▂▂▁▁  last 7 s  │",
            "│ learning rate  0.001  since iteration 500                                   │",
            "│ speed          5,310 images/s  2 % waiting for data                         │",
            "│ test accuracy  0.9700 at 500  best 0.9800 at 250                            │",
            "│ test loss      0.0641 at 500  best 0.0641 at 500                            │",
            "│ snapshot       iteration 500  0:12 ago  lenet_iter_500.solverstate          │",
            "╰─────────────────────────────────────────────────────────────────────────────╯",
        ],
        Lines(InTheMiddle, 80));

    [Fact]
    public void AWideTerminalShowsTwoColumns() => Assert.Equal(
        [
            "│ iteration      840 of 2,000                                test accuracy  0.9700 at 500  best 0.98"
            + "00 at 250         │",
            "│ loss           0.0412  mean of 20: 0.0500  █▇▇▆▆▅▅▄▃▃▂▂▁   test loss      0.0641 at 500  best 0.06"
            + "41 at 500         │",
        ],
        Lines(InTheMiddle, 120)[2..4]);

    [Fact]
    public void ANarrowTerminalShowsWhatMattersMost() => Assert.Equal(
        [
            "╭─╴LeNet · training╶──────────────────╮",
            "│ ━━━━━━━───────────  42 %  0:41 left │",
            "│ iteration      840 of 2,000         │",
            "│ loss           0.0412  █▇▇▆▅▅▄▄▃▂▂▁ │",
            "│ learning rate  0.001                │",
            "│ speed          5,310 images/s       │",
            "│ test accuracy  0.9700 at 500        │",
            "│ test loss      0.0641 at 500        │",
            "│ snapshot       iteration 500        │",
            "╰─────────────────────────────────────╯",
        ],
        Lines(InTheMiddle, 40));

    [Fact]
    public void AsciiStandsInWhereThereIsNoUnicode()
    {
        string[] lines = Lines(InTheMiddle, 80, Glyphs.Ascii);

        Assert.StartsWith("+-[LeNet - training]-", lines[0], StringComparison.Ordinal);
        Assert.Contains("##-", lines[1], StringComparison.Ordinal);
        Assert.All(string.Concat(lines), c => Assert.InRange(c, ' ', '~'));
    }

    [Fact]
    public void NoLineIsTooWideAndNoneWrapsWhateverTheSize()
    {
        TrainingStatus[] all =
        [
            InTheMiddle,
            new TrainingStatus(),
            InTheMiddle with
            {
                Net = "a net [with] a\nvery long name " + new string('x', 300),
                Iteration = int.MaxValue,
                MaxIterations = int.MaxValue,
                Loss = double.PositiveInfinity,
                Losses = [double.NaN, double.NegativeInfinity, 1e300],
                Speed = 1e12,
                DataWait = 1,
                Elapsed = TimeSpan.FromDays(1000),
                Left = TimeSpan.FromDays(100_000),
                SnapshotFile = new string('s', 300),
                Tests = [.. Enumerable.Range(0, 30).Select(i => new TestStatus($"{i} [of] many outputs", i, true))],
            },
        ];
        foreach (TrainingStatus status in all)
        {
            for (int columns = 1; columns <= 150; columns += columns < 60 ? 1 : 7)
            {
                foreach (int rows in (int[])[1, 8, 9, 24])
                {
                    string[] lines = Lines(status, columns, rows: rows);
                    Assert.All(lines, l => Assert.True(l.Length < Math.Max(2, columns), $"{columns}x{rows}: {l}"));
                    Assert.True(lines.Length <= Math.Max(1, rows - 1), $"{columns}x{rows}");
                }
            }
        }
    }

    [Theory]
    [InlineData(RunState.Running, false, "LeNet · testing, batch 8 of 40")]
    [InlineData(RunState.Running, true, "LeNet · stopping after this iteration")]
    [InlineData(RunState.Completed, false, "LeNet · done")]
    [InlineData(RunState.Stopped, false, "LeNet · stopped")]
    [InlineData(RunState.Failed, false, "LeNet · failed")]
    public void TheTitleSaysWhatTheRunDoes(RunState state, bool isStopping, string expected)
    {
        TrainingStatus status = InTheMiddle with
        {
            State = state, IsStopping = isStopping, Test = new TestProgress(0, 7, 40),
        };

        Assert.StartsWith($"╭─╴{expected}╶─", Lines(status, 80)[0], StringComparison.Ordinal);
    }

    [Fact]
    public void BeforeTheFirstTestAndSnapshotThereAreNone()
    {
        string[] lines = Lines(
            InTheMiddle with { SnapshotIteration = null, Tests = [new TestStatus("accuracy", 1, false)] }, 80);

        Assert.StartsWith("│ test1 accuracy  none yet ", lines[^3], StringComparison.Ordinal);
        Assert.StartsWith("│ snapshot        none yet ", lines[^2], StringComparison.Ordinal);
    }

    [Fact]
    public void ColorsAreBlueAndOrangeAndNoColorMeansNone()
    {
        TrainingStatus waiting = InTheMiddle with { DataWait = 0.5 };

        string colored = Colored(ColorSystemSupport.TrueColor);
        Assert.Contains("38;2;0;114;178m", colored, StringComparison.Ordinal);
        Assert.Contains("38;2;213;94;0m  50 % waiting", colored, StringComparison.Ordinal);
        Assert.DoesNotMatch("\u001b\\[[0-9;]*3[0-9]", Colored(ColorSystemSupport.NoColors));

        string Colored(ColorSystemSupport colors)
        {
            using var text = new AnsiText(colors, Glyphs.Unicode);
            return string.Join("\n", text.Lines(new TrainingPanel(Glyphs.Unicode).Build(waiting, 80, 24), 80));
        }
    }

    private static string[] Lines(TrainingStatus status, int columns, Glyphs? glyphs = null, int rows = 24)
    {
        glyphs ??= Glyphs.Unicode;
        using var text = new AnsiText(ColorSystemSupport.NoColors, glyphs);
        return [.. text.Lines(new TrainingPanel(glyphs).Build(status, columns, rows), columns)
            .Select(l => Regex.Replace(l, "\u001b\\[[0-9;]*m", ""))];
    }
}
