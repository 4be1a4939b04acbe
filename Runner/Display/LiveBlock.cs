using System.Text;

namespace Cnn.Runner.Display;

/// <summary>
/// Lines on a terminal that change in place, on its alternate screen: that one is not among the lines that can be
/// scrolled back to, and a terminal that is resized does not break its lines anew, so nothing of what was shown stays.
/// </summary>
/// <remarks>
/// Between two drawings the cursor waits at the first character of the block, and all from there on is erased. So this
/// works on a terminal without an alternate screen too, at the bottom of the only one; a terminal that breaks lines
/// anew when it is resized keeps its cursor at that character.
/// </remarks>
/// <param name="writer">The terminal.</param>
/// <param name="width">Returns the terminal's current number of columns.</param>
/// <param name="height">Returns the terminal's current number of rows.</param>
internal sealed class LiveBlock(TextWriter writer, Func<int> width, Func<int> height)
{
    // The sequences of ECMA-48, and modes of DEC's terminals and xterm, which those of today know or pass over.
    private const string EraseDown = "\u001b[J", EraseLine = "\u001b[K", HideCursor = "\u001b[?25l",
        ShowCursor = "\u001b[?25h", WrapOff = "\u001b[?7l", WrapOn = "\u001b[?7h", OtherScreen = "\u001b[?1049h",
        FirstScreen = "\u001b[?1049l";

    // Some terminals keep a screen that is erased from its first character on among the lines that were scrolled away,
    // so this begins at the second.
    private const string EraseAll = $"\r{EraseLine}\u001b[C{EraseDown}\r";

    private readonly Lock gate = new();
    private readonly List<string> above = [];
    private IReadOnlyList<string> shown = [];
    private int shownWidth;
    private bool isAnnounced;

    /// <summary>The characters that the terminal can show.</summary>
    public Glyphs Glyphs { get; init; } = Glyphs.Ascii;

    /// <summary>The terminal's current number of columns.</summary>
    public int Columns => width();

    /// <summary>The terminal's current number of rows.</summary>
    public int Rows => height();

    /// <summary>
    /// Shows a line until the block begins. It changes no mode of the terminal, so a program that is ended meanwhile
    /// leaves the terminal as it should be.
    /// </summary>
    public void Announce(string line)
    {
        lock (gate)
        {
            if (shown.Count == 0)
            {
                isAnnounced = true;
                writer.Write($"\r{line}{EraseLine}");
            }
        }
    }

    /// <summary>Shows lines in place of those before; what the terminal has no rows for is left out.</summary>
    /// <param name="lines">One line or more, each narrower than the terminal.</param>
    public void Show(IReadOnlyList<string> lines)
    {
        lock (gate)
        {
            // Where lines were broken anew, the parts keep a mark that they belong together until they are erased.
            int columns = width();
            string before = shown.Count == 0
                ? WithoutAnnouncement() + OtherScreen + HideCursor
                : columns != shownWidth ? EraseAll : "";
            (shown, shownWidth) = (lines, columns);
            writer.Write(before + Drawing());
        }
    }

    /// <summary>Writes a line that stays, above the block; it is there when the block has gone, too.</summary>
    public void WriteAbove(string line)
    {
        line = TerminalText.Lines(line);
        lock (gate)
        {
            if (shown.Count == 0)
            {
                writer.Write(WithoutAnnouncement() + line + Environment.NewLine);
                return;
            }

            above.Add(line);
            writer.Write(EraseAll + line + Environment.NewLine + Drawing());
        }
    }

    /// <summary>Removes the block.</summary>
    public void Clear() => End([]);

    /// <summary>Leaves the block as it is, as lines that stay.</summary>
    public void Leave() => End(shown);

    private void End(IReadOnlyList<string> last)
    {
        lock (gate)
        {
            if (shown.Count > 0)
            {
                string lines = string.Concat(above.Concat(last).Select(l => l + Environment.NewLine));
                writer.Write(EraseAll + FirstScreen + ShowCursor + lines);
                shown = [];
                above.Clear();
            }
            else if (WithoutAnnouncement() is { Length: > 0 } erase)
            {
                writer.Write(erase);
            }
        }
    }

    // Returns what erases the line that was announced.
    private string WithoutAnnouncement()
    {
        string erase = isAnnounced ? $"\r{EraseLine}" : "";
        isAnnounced = false;
        return erase;
    }

    // The lines, and the way back to the first. A terminal that has just become narrower cuts them: a line that wrapped
    // would take more rows than are gone back.
    private string Drawing()
    {
        int count = Math.Min(shown.Count, Math.Max(1, height() - 1));
        var text = new StringBuilder("\r" + WrapOff);
        for (int i = 0; i < count; i++)
        {
            text.Append(i > 0 ? Environment.NewLine : "").Append(shown[i]).Append(EraseLine);
        }

        text.Append(EraseDown).Append(WrapOn).Append('\r');
        return (count > 1 ? text.Append("\u001b[").Append(count - 1).Append('A') : text).ToString();
    }
}
