using Cnn.Runner.Display;

namespace Cnn.Tests.Runner.Display;

[Trait("Category", "Unit")]
public sealed class LiveLineTests : IDisposable
{
    private readonly StringWriter terminal = new() { NewLine = "\n" };

    public void Dispose() => terminal.Dispose();

    [Fact]
    public void ALogLineStandsAboveAndNothingOfTheLiveLineStaysInIt()
    {
        LiveLine live = Line(80);
        live.Show("a long line of progress");
        live.WriteAbove("short");

        Assert.Equal(["short", "a long line of progress"], Screen());
    }

    [Fact]
    public void AShorterTextLeavesNothingOfALongerOne()
    {
        LiveLine live = Line(80);
        live.Show("iteration 1000");
        live.Show("done");

        Assert.Equal(["done"], Screen());
    }

    [Fact]
    public void AtTheEndItIsGone()
    {
        LiveLine live = Line(80);
        live.WriteAbove("first");
        live.Show("progress");
        live.Clear();
        live.Clear();

        Assert.Equal(["first", ""], Screen());
    }

    [Fact]
    public void ALineWiderThanTheTerminalIsCutSinceWhatWrapsCannotBeErased()
    {
        Line(10).Show("0123456789012345");

        Assert.Equal(["012345678"], Screen());
    }

    private LiveLine Line(int width) => new(terminal, () => width);

    // Returns what a terminal shows: a carriage return goes to the start of the line, ESC [ K clears the rest of it.
    private List<string> Screen()
    {
        var lines = new List<string> { "" };
        int column = 0;
        string text = terminal.ToString().Replace(Environment.NewLine, "\n", StringComparison.Ordinal);
        for (int i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\r':
                    column = 0;
                    break;
                case '\n':
                    lines.Add("");
                    column = 0;
                    break;
                case '\u001b':
                    Assert.Equal("\u001b[K", text.Substring(i, 3));
                    lines[^1] = lines[^1][..column];
                    i += 2;
                    break;
                default:
                    string rest = column < lines[^1].Length ? lines[^1][(column + 1)..] : "";
                    lines[^1] = lines[^1][..column] + text[i] + rest;
                    column++;
                    break;
            }
        }

        return lines;
    }
}
