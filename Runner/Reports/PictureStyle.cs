using Cnn.Engine.Drawing;
using SkiaSharp;

namespace Cnn.Runner.Reports;

/// <summary>The colours and letters of the program's pictures.</summary>
/// <param name="isDark">Whether the ground is dark.</param>
internal sealed class PictureStyle(bool isDark)
{
    private static readonly PictureFonts Regular = new(isBold: false), Bold = new(isBold: true);

    private readonly (string Ground, string Text, string Faint, string Grid) colors =
        isDark ? Palette.OnDark : Palette.OnLight;

    private readonly IReadOnlyList<string> series = isDark ? Palette.Dark : Palette.Light;

    /// <summary>The family of the letters.</summary>
    public static string FontFamily => Regular.Family;

    /// <summary>The ground.</summary>
    public SKColor Ground => SKColor.Parse(colors.Ground);

    /// <summary>Titles and values.</summary>
    public SKColor Text => SKColor.Parse(colors.Text);

    /// <summary>What explains.</summary>
    public SKColor Faint => SKColor.Parse(colors.Faint);

    /// <summary>Thin lines.</summary>
    public SKColor Grid => SKColor.Parse(colors.Grid);

    /// <summary>Returns the colour of a curve; after the last one comes the first again.</summary>
    public SKColor Series(int index) => SKColor.Parse(series[index % series.Count]);

    /// <summary>Creates a font that has the letters of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="size">The height of its letters, in pixels.</param>
    /// <param name="isBold">Whether they are bold.</param>
    public static SKFont Font(string text, float size, bool isBold = false) =>
        (isBold ? Bold : Regular).For(text, size);

    /// <summary>Returns the width of a text, in pixels.</summary>
    public static float WidthOf(string text, float size, bool isBold = false)
    {
        using SKFont font = Font(text, size, isBold);
        return font.MeasureText(text);
    }

    /// <summary>Writes a text whose first letter stands at a place on its line.</summary>
    public static void Write(
        SKCanvas canvas, string text, float x, float y, float size, SKColor color, bool isBold = false)
    {
        using SKFont font = Font(text, size, isBold);
        using var ink = new SKPaint { Color = color, IsAntialias = true };
        canvas.DrawText(text, x, y, font, ink);
    }
}
