using System.Text;

namespace Cnn.Proto;

/// <summary>One mistake in what the user gave: what is wrong, where, and what would be right.</summary>
/// <param name="Message">What is wrong, naming what was expected and what was found.</param>
/// <param name="Location">Where; null when no text file is involved.</param>
/// <param name="Hint">What to do, such as the nearest valid name; null when there is nothing to say.</param>
/// <param name="Layer">The layer concerned; null when none is.</param>
public sealed record Diagnostic(
    string Message, SourceLocation? Location = null, string? Hint = null, string? Layer = null)
{
    private const int WidestLineShown = 160;

    /// <summary>
    /// Returns the text to show: <c>file:line:column: message; hint</c>, then the line and a caret under it, then the
    /// places from which the file was included, if it was.
    /// </summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        if (Location is not null)
        {
            text.Append(Location).Append(": ");
        }

        if (Layer is not null)
        {
            text.Append("layer '").Append(Layer).Append("': ");
        }

        text.Append(Message);
        if (Hint is not null)
        {
            text.Append("; ").Append(Hint);
        }

        if (Location?.LineText is { } line)
        {
            AppendCaret(text, line, Location.Column - Location.LineTextColumn);
        }

        for (SourceLocation? from = Location?.IncludedFrom; from is not null; from = from.IncludedFrom)
        {
            text.Append("\n    included from ").Append(from);
        }

        return ByteText.Readable(text.ToString());
    }

    private static void AppendCaret(StringBuilder text, string line, int column)
    {
        // A window around the caret keeps a megabyte of blob data on one line readable.
        const int Half = WidestLineShown / 2;
        int start = column > Half ? Math.Max(0, Math.Min(column, line.Length) - Half) : 0;
        string shown = line.Substring(start, Math.Min(WidestLineShown, line.Length - start));
        text.Append('\n').Append("    ");
        foreach (char c in shown)
        {
            text.Append(char.IsControl(c) ? ' ' : c);
        }

        text.Append('\n').Append(' ', 4 + Math.Clamp(column - start, 0, WidestLineShown)).Append('^');
    }
}
