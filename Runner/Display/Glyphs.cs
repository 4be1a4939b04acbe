using System.Text;

namespace Cnn.Runner.Display;

/// <summary>The characters that a terminal can show.</summary>
/// <param name="Done">The part of a bar that is done.</param>
/// <param name="Rest">The rest of the bar.</param>
/// <param name="Levels">The levels of a sparkline, lowest first.</param>
/// <param name="NotFinite">A value of a sparkline that is NaN or infinite.</param>
/// <param name="Dash">Parts the words of a title.</param>
/// <param name="TitleStart">Stands before a title in a border.</param>
/// <param name="TitleEnd">Stands after a title in a border.</param>
/// <param name="Ellipsis">Stands for what is cut off.</param>
internal sealed record Glyphs(
    char Done,
    char Rest,
    string Levels,
    char NotFinite,
    string Dash,
    string TitleStart,
    string TitleEnd,
    string Ellipsis)
{
    /// <summary>Those of Unicode.</summary>
    public static Glyphs Unicode { get; } = new('━', '─', "▁▂▃▄▅▆▇█", '×', "·", "╴", "╶", "…");

    /// <summary>Those of ASCII.</summary>
    public static Glyphs Ascii { get; } = new('#', '-', "_.,-=+*#", '!', "-", "[", "]", "..");

    /// <summary>Returns those of a terminal; the console of Linux has no characters for sparklines.</summary>
    /// <param name="encoding">The encoding of what is written to it.</param>
    public static Glyphs Of(Encoding encoding) =>
        encoding.CodePage == Encoding.UTF8.CodePage && Environment.GetEnvironmentVariable("TERM") != "linux"
            ? Unicode
            : Ascii;

    /// <summary>Returns a sparkline, from the least value at the lowest level to the greatest at the highest.</summary>
    public string Sparkline(ReadOnlySpan<double> values)
    {
        double least = double.PositiveInfinity, greatest = double.NegativeInfinity;
        foreach (double value in values)
        {
            if (double.IsFinite(value))
            {
                (least, greatest) = (Math.Min(least, value), Math.Max(greatest, value));
            }
        }

        Span<char> line = stackalloc char[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            double share = greatest > least ? (values[i] - least) / (greatest - least) : 0;
            line[i] = double.IsFinite(values[i]) ? Levels[(int)((share * (Levels.Length - 1)) + 0.5)] : NotFinite;
        }

        return line.ToString();
    }
}
