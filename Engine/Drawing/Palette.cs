namespace Cnn.Engine.Drawing;

/// <summary>
/// The colours of pictures, pages and plots, as <c>#rrggbb</c>. The series are those of Okabe and Ito (Color Universal
/// Design, 2008), which people with any kind of colour vision tell apart; the dark ones are lightened for a dark
/// ground.
/// </summary>
internal static class Palette
{
    /// <summary>Colours of curves and kinds on a light ground, in the order of use.</summary>
    public static IReadOnlyList<string> Light { get; } =
        ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7a5195", "#6b6b6b"];

    /// <summary>The same on a dark ground.</summary>
    public static IReadOnlyList<string> Dark { get; } =
        ["#4fb0ee", "#ff8a4a", "#2fcf9f", "#eba0c8", "#f5bd3d", "#9ad6ff", "#b693d6", "#a8a8a8"];

    /// <summary>The ground, text, faint text and grid lines of a light picture.</summary>
    public static (string Ground, string Text, string Faint, string Grid) OnLight { get; } =
        ("#ffffff", "#1f2328", "#59636e", "#d9dee3");

    /// <summary>The ground, text, faint text and grid lines of a dark picture.</summary>
    public static (string Ground, string Text, string Faint, string Grid) OnDark { get; } =
        ("#0d1117", "#e6edf3", "#9198a1", "#30363d");
}
