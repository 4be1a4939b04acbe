using System.Text.RegularExpressions;

namespace Cnn.Tests.Runner.Display;

/// <summary>The panel of <c>cnn train</c> in a real terminal: what is on its screen, and what stays of it.</summary>
[Trait("Category", "Crash")]
public sealed class PanelTerminalTests : IDisposable
{
    // Long enough to be looked at, and stopped.
    private const int Endless = 10_000_000;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(80)]
    [InlineData(140)]
    public void ARunToItsEndLeavesItsLastPanelAndTheReport(int columns)
    {
        SmallTraining.Write(folder, 400, 100);
        using var terminal = new TmuxTerminal(folder, columns);
        terminal.Type("$CNN train --solver solver.prototxt --sighup_effect stop");
        terminal.WaitFor(screen => screen.Contains("Wrote snap_iter_400", StringComparison.Ordinal));

        string[] lines = terminal.WaitForPrompt();

        AssertOneOf(lines, "╭─╴Small · done╶─");
        AssertOneOf(lines, "│ ━━━");
        AssertInOrder(
            lines,
            "$CNN train",
            "Small: 8 layers, 6,690 parameters, built in ",
            "╭─╴Small · done╶─",
            "100 %  in 0:",
            "iteration      400 of 400",
            "╰─",
            "Trained Small for 400 iterations in ",
            "Test net #0: accuracy ",
            "Wrote snap_iter_400.caffemodel (the weights)",
            "Next:",
            TmuxTerminal.Prompt);
        Assert.DoesNotContain(lines, l => l.Contains("cnn:0]", StringComparison.Ordinal));
        Assert.Matches(
            columns >= 110 ? @"│ iteration .* test accuracy .*\d at 400  best "
                : @"│ test accuracy  \d.* at 400  best ",
            string.Join('\n', lines));
        Assert.True(terminal.ShowsCursor);
    }

    [Fact]
    public void ResizingLeavesNothingBehindAndCtrlCEndsCleanly()
    {
        SmallTraining.Write(folder, Endless, 0);
        using var terminal = new TmuxTerminal(folder, 80);
        terminal.Type("$CNN train --solver solver.prototxt --sighup_effect stop");
        terminal.WaitFor(IsWhole(80));
        foreach (int columns in (int[])[50, 120, 40, 80])
        {
            terminal.Resize(columns);
            terminal.WaitFor(screen =>
                IsWhole(columns)(screen) && Regex.Count(screen, "╭") == 1 && Regex.Count(screen, @"\d %  ") == 1);
            Assert.False(terminal.ShowsCursor);
        }

        terminal.Press("C-c");
        string[] lines = terminal.WaitForPrompt();

        AssertOneOf(lines, "╭─╴Small · stopped╶─");
        AssertInOrder(
            lines,
            "Small: 8 layers",
            "╭─╴Small · stopped╶─",
            "╰─",
            "Stopped after iteration ",
            "Wrote snap_iter_",
            "Go on with: ",
            TmuxTerminal.Prompt);
        Assert.DoesNotContain(lines, l => l.Contains("training╶", StringComparison.Ordinal));
        Assert.True(terminal.ShowsCursor);
    }

    [Fact]
    public void ALossThatIsNotFiniteIsToldBelowThePanel()
    {
        string solver = SmallTraining.Write(folder, Endless, 0);
        File.WriteAllText(
            solver, File.ReadAllText(solver).Replace("base_lr: 0.01", "base_lr: 1e30", StringComparison.Ordinal));
        using var terminal = new TmuxTerminal(folder, 80);
        terminal.Type("$CNN train --solver solver.prototxt --sighup_effect stop; echo code $?");
        terminal.WaitFor(screen => screen.Contains("code 2", StringComparison.Ordinal));

        string[] lines = terminal.WaitForPrompt();

        AssertOneOf(lines, "╭");
        AssertInOrder(lines, "╭─╴Small · failed╶─", "╰─", "the loss is", "code 2", TmuxTerminal.Prompt);
        Assert.True(terminal.ShowsCursor);
    }

    [Fact]
    public void CtrlZGivesTheTerminalBack()
    {
        SmallTraining.Write(folder, Endless, 0);
        using var terminal = new TmuxTerminal(folder, 80);
        terminal.Type("$CNN train --solver solver.prototxt --sighup_effect stop");
        terminal.WaitFor(IsWhole(80));

        terminal.Press("C-z");
        string[] lines = terminal.WaitForPrompt();
        Assert.DoesNotContain(lines, l => l.Contains('╭', StringComparison.Ordinal));
        Assert.True(terminal.ShowsCursor);

        terminal.Type("fg");
        terminal.WaitFor(IsWhole(80));
        terminal.Press("C-c");
        AssertOneOf(terminal.WaitForPrompt(), "╭─╴Small · stopped╶─");
    }

    [Fact]
    public void NoColorIsRespected()
    {
        SmallTraining.Write(folder, Endless, 0);
        using var colored = new TmuxTerminal(folder, 80);
        colored.Type("$CNN train --solver solver.prototxt --sighup_effect stop");
        colored.WaitFor(IsWhole(80));
        Assert.Contains("\u001b[38;5;", colored.Colored(), StringComparison.Ordinal);
        colored.Press("C-c");
        colored.WaitForPrompt();

        using var plain = new TmuxTerminal(folder, 80, "NO_COLOR=1");
        plain.Type("$CNN train --solver solver.prototxt --sighup_effect stop");
        plain.WaitFor(IsWhole(80));
        Assert.DoesNotContain("\u001b[38", plain.Colored(), StringComparison.Ordinal);
        plain.Press("C-c");
        plain.WaitForPrompt();
    }

    [Theory]
    [InlineData("--plain")]
    [InlineData("", "TERM=dumb")]
    [InlineData("", "CI=true")]
    public void PlainLinesAreThoseOfCaffe(string option, params string[] variables)
    {
        SmallTraining.Write(folder, 20, 0);
        using var terminal = new TmuxTerminal(folder, 140, variables);
        terminal.Type($"$CNN train --solver solver.prototxt --sighup_effect stop {option}");
        terminal.WaitFor(screen => screen.Contains("Next:", StringComparison.Ordinal));

        string[] lines = terminal.WaitForPrompt();

        AssertInOrder(lines, " cnn:0] Creating layer digits", " cnn:0] Starting Optimization", "Trained Small");
        Assert.DoesNotContain(lines, l => l.Contains('╭', StringComparison.Ordinal));
    }

    // A panel of a width: its last line reaches to the last column but one.
    private static Func<string, bool> IsWhole(int columns) => screen =>
        screen.Contains("training╶", StringComparison.Ordinal)
        && Array.Exists(screen.Split('\n'), l => l.StartsWith('╰') && l.TrimEnd().Length == columns - 1);

    private static void AssertOneOf(string[] lines, string text) =>
        Assert.Single(lines, l => l.Contains(text, StringComparison.Ordinal));

    private static void AssertInOrder(string[] lines, params string[] texts)
    {
        int at = 0;
        foreach (string text in texts)
        {
            int found = Array.FindIndex(lines, at, l => l.Contains(text, StringComparison.Ordinal));
            Assert.True(found >= 0, $"'{text}' is not among the rest of:\n{string.Join('\n', lines)}");
            at = found;
        }
    }
}
