namespace Cnn.Engine.Drawing.Pictures;

/// <summary>A drawing as shapes with places, to be written as SVG or drawn as pixels.</summary>
/// <param name="Width">The width.</param>
/// <param name="Height">The height.</param>
/// <param name="Title">What it shows, for those who do not see it.</param>
/// <param name="Groups">What is drawn, in order.</param>
internal sealed record Picture(double Width, double Height, string Title, IReadOnlyList<PictureGroup> Groups)
{
    /// <summary>The fonts to take, the first that there is.</summary>
    public const string Fonts = "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, 'DejaVu Sans', sans-serif";

    /// <summary>How much of its colour a tint has.</summary>
    public const double Tint = 0.13;

    /// <summary>The width of wires and borders.</summary>
    public const double LineWidth = 1.3;
}
