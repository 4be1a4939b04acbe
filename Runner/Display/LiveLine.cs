namespace Cnn.Runner.Display;

/// <summary>
/// A line at the bottom of a terminal that changes in place. It is erased before anything else is written and when it
/// is no longer wanted, so none of it stays among the lines above.
/// </summary>
/// <param name="writer">The terminal.</param>
/// <param name="width">Returns the terminal's current number of columns.</param>
internal sealed class LiveLine(TextWriter writer, Func<int> width)
{
    // Returns to the first column and clears everything from there to the end of the line.
    private const string Erase = "\r\u001b[K";

    private readonly Lock gate = new();
    private string shown = "";

    /// <summary>Shows a text, cut to the terminal's width, in place of the one before.</summary>
    public void Show(string text)
    {
        lock (gate)
        {
            // A line that wraps could not be erased; a full one moves the cursor on some terminals.
            string clean = TerminalText.Printable(text);
            string cut = clean[..Math.Min(clean.Length, Math.Max(1, width() - 1))];
            writer.Write((shown.Length > 0 ? Erase : "") + cut);
            shown = cut;
        }
    }

    /// <summary>Writes a line that stays, above the live one.</summary>
    public void WriteAbove(string line)
    {
        lock (gate)
        {
            writer.Write((shown.Length > 0 ? Erase : "") + TerminalText.Lines(line) + Environment.NewLine + shown);
        }
    }

    /// <summary>Removes the live line.</summary>
    public void Clear()
    {
        lock (gate)
        {
            if (shown.Length > 0)
            {
                writer.Write(Erase);
                shown = "";
            }
        }
    }
}
