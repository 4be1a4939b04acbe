using Spectre.Console;

namespace Cnn.Runner.Display;

/// <summary>A row of the panel: a label and pieces of text, the first of which matter most.</summary>
/// <param name="Label">What is shown.</param>
/// <param name="Pieces">
/// The pieces; those that no longer fit are left out. One that begins with a space belongs to the one before.
/// </param>
internal sealed record PanelRow(string Label, params (string Text, Style Style)[] Pieces)
{
    /// <summary>The columns between two pieces.</summary>
    public const int Gap = 2;

    /// <summary>Appends the row to a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="labelWidth">The columns of the label.</param>
    /// <param name="width">The columns of the row.</param>
    /// <param name="glyphs">The characters to use.</param>
    /// <returns>The columns that it took.</returns>
    public int AppendTo(Paragraph line, int labelWidth, int width, Glyphs glyphs)
    {
        line.Append(Cut(Label, labelWidth - 1, glyphs).PadRight(labelWidth));
        int used = labelWidth;
        for (int i = 0; i < Pieces.Length; i++)
        {
            var (text, style) = Pieces[i];
            string shown = i == 0 ? Cut(text, width - used, glyphs)
                : text.StartsWith(' ') ? text
                : new string(' ', Gap) + text;
            if (used + shown.Length > width)
            {
                break;
            }

            line.Append(shown, style);
            used += shown.Length;
        }

        return used;
    }

    /// <summary>Cuts a text to a number of columns.</summary>
    public static string Cut(string text, int columns, Glyphs glyphs) =>
        text.Length <= columns ? text
        : columns <= glyphs.Ellipsis.Length ? text[..Math.Max(0, columns)]
        : text[..(columns - glyphs.Ellipsis.Length)] + glyphs.Ellipsis;
}
