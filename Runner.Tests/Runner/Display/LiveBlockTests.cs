using Cnn.Runner.Display;

namespace Cnn.Tests.Runner.Display;

[Trait("Category", "Unit")]
public sealed class LiveBlockTests : IDisposable
{
    private const string Begin = "\u001b[?1049h\u001b[?25l", End = "\u001b[?1049l\u001b[?25h";
    private const string EraseAll = "\r\u001b[K\u001b[C\u001b[J\r";

    private readonly StringWriter terminal = new() { NewLine = "\n" };
    private int columns = 80, rows = 24;

    public void Dispose() => terminal.Dispose();

    [Fact]
    public void TheCursorGoesBackToTheFirstLine()
    {
        Block().Show(["one", "two", "three"]);

        Assert.Equal($"{Begin}{Drawn("one", "two", "three")}", Written());
    }

    [Fact]
    public void ALineThatStaysStandsAboveAndIsThereAfterwards()
    {
        LiveBlock block = Block();
        block.WriteAbove("before");
        block.Show(["one", "two"]);
        block.WriteAbove("warning");
        block.Leave();
        block.WriteAbove("after");

        Assert.Equal(
            $"before\n{Begin}{Drawn("one", "two")}{EraseAll}warning\n{Drawn("one", "two")}"
            + $"{EraseAll}{End}warning\none\ntwo\nafter\n",
            Written());
    }

    [Fact]
    public void NothingOfAClearedBlockStays()
    {
        LiveBlock block = Block();
        block.Show(["one"]);
        block.Clear();
        block.Clear();
        block.Leave();

        Assert.Equal($"{Begin}{Drawn("one")}{EraseAll}{End}", Written());
    }

    [Fact]
    public void AnotherWidthErasesWhatTheTerminalMayHaveBrokenAnew()
    {
        LiveBlock block = Block();
        block.Show(["one"]);
        columns = 40;
        block.Show(["two"]);

        Assert.Equal($"{Begin}{Drawn("one")}{EraseAll}{Drawn("two")}", Written());
    }

    [Fact]
    public void LinesBeyondTheTerminalsHeightAreLeftOut()
    {
        rows = 3;
        Block().Show(["one", "two", "three"]);

        Assert.Equal($"{Begin}{Drawn("one", "two")}", Written());
    }

    private LiveBlock Block() => new(terminal, () => columns, () => rows);

    private string Written() => terminal.ToString().Replace(Environment.NewLine, "\n", StringComparison.Ordinal);

    private static string Drawn(params string[] lines) =>
        $"\r\u001b[?7l{string.Join("\n", lines.Select(l => l + "\u001b[K"))}\u001b[J\u001b[?7h\r"
        + (lines.Length > 1 ? $"\u001b[{lines.Length - 1}A" : "");
}
