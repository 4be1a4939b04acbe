using Cnn.Engine.Drawing;
using Spectre.Console;

namespace Cnn.Runner.Display;

/// <summary>
/// The styles of the panel. Its colours are those of pictures on a light ground, which on black have a contrast of
/// 3.9 and more too: whether a terminal is light or dark is not known. Spectre takes the nearest that a terminal has.
/// </summary>
internal static class PanelStyles
{
    /// <summary>The newest values.</summary>
    public static Style Strong { get; } = new(decoration: Decoration.Bold);

    /// <summary>Bars and curves.</summary>
    public static Style Accent { get; } = new(Color.FromHex(Palette.Light[0]));

    /// <summary>What wants attention.</summary>
    public static Style Attention { get; } = new(Color.FromHex(Palette.Light[1]));

    /// <summary>What is told beside.</summary>
    public static Style Faint { get; } = new(Color.FromHex(Palette.Light[7]));
}
