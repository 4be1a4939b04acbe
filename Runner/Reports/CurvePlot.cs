using System.Globalization;
using System.Text;
using Cnn.Proto;
using SkiaSharp;

namespace Cnn.Runner.Reports;

/// <summary>
/// A picture of curves against iterations: a panel for each quantity, such as losses and scores, one below the other.
/// </summary>
/// <param name="title">Its title; null for none.</param>
/// <param name="isDark">Whether the ground is dark.</param>
/// <param name="size">The width and the height in pixels of a usual screen; null for what the curves need.</param>
internal sealed class CurvePlot(string? title, bool isDark, (int Width, int Height)? size = null)
{
    /// <summary>The least width and height.</summary>
    public const int LeastSide = 240;

    /// <summary>The largest width and height.</summary>
    public const int MostSide = 8000;

    private const int UsualWidth = 800, AloneHeight = 340, PanelHeight = 240;
    private const int Margin = 28, TitleHeight = 40, TitleSize = 20, AxisHeight = 22, AxisSize = 13, BetweenPanels = 18;
    private const int PngScale = 2;

    private readonly PictureStyle style = new(isDark);
    private readonly List<CurvePanel> panels = [];

    /// <summary>Adds a curve.</summary>
    /// <param name="panel">What it is a curve of; curves of the same have one panel.</param>
    /// <param name="label">Its name.</param>
    /// <param name="curve">The curve; one without values is left out.</param>
    /// <param name="color">The number of its colour.</param>
    /// <param name="pattern">Tells curves of one colour apart: 0 is a whole line.</param>
    /// <param name="isLogarithmic">Whether the panel, if this is its first curve, has a logarithmic axis.</param>
    public void Add(
        string panel, string label, Curve curve, int color, int pattern = 0, bool isLogarithmic = false)
    {
        CurvePanel? found = panels.Find(p => p.Name == panel);
        if (found is null)
        {
            panels.Add(found = new CurvePanel(panel, style, isLogarithmic));
        }

        found.Add(label, curve, style.Series(color), pattern);
    }

    /// <summary>Writes the picture, as PNG, which has twice the size, or SVG by the file's extension.</summary>
    /// <param name="path">The file.</param>
    /// <param name="bounds">
    /// The least and the largest value of the first panel; NaN for a bound that follows from the curves.
    /// </param>
    /// <exception cref="CnnException">There is nothing to draw, or the file cannot be written.</exception>
    public void Save(string path, (double Least, double Largest) bounds)
    {
        panels.RemoveAll(p => p.Count == 0);
        if (panels.Count == 0)
        {
            throw new CnnException("no curve has a finite value, so there is nothing to draw");
        }

        (int width, int height) = size ?? (UsualWidth, NeededHeight());
        byte[] picture = path.EndsWith(".svg", StringComparison.OrdinalIgnoreCase)
            ? Svg(width, height, bounds)
            : Png(width, height, bounds);
        AtomicFile.Write(path, stream => stream.Write(picture));
    }

    private int NeededHeight() =>
        Around() + panels.Sum(p => Math.Max(
            panels.Count == 1 ? AloneHeight : PanelHeight, p.Count * CurvePanel.LineHeight));

    // All that is no field of curves.
    private int Around() =>
        (2 * Margin) + (title is null ? 0 : TitleHeight) + AxisHeight
        + (panels.Count * (CurvePanel.Head + CurvePanel.Foot)) + ((panels.Count - 1) * BetweenPanels);

    private byte[] Png(int width, int height, (double Least, double Largest) bounds)
    {
        using var bitmap = new SKBitmap(
            width * PngScale, height * PngScale, SKColorType.Bgra8888, SKAlphaType.Opaque);
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Scale(PngScale);
            Draw(canvas, width, height, bounds);
        }

        using SKData file = bitmap.Encode(SKEncodedImageFormat.Png, quality: 100);
        return file.ToArray();
    }

    private byte[] Svg(int width, int height, (double Least, double Largest) bounds)
    {
        using var stream = new MemoryStream();
        using (SKCanvas canvas = SKSvgCanvas.Create(SKRect.Create(width, height), stream))
        {
            Draw(canvas, width, height, bounds);
        }

        // Skia names one font, which may not be installed where the picture is shown, and sets no box to scale from.
        string size = string.Create(CultureInfo.InvariantCulture, $"width=\"{width}\" height=\"{height}\"");
        string box = string.Create(CultureInfo.InvariantCulture, $" viewBox=\"0 0 {width} {height}\"");
        string svg = Encoding.UTF8.GetString(stream.ToArray())
            .Replace(
                $"font-family=\"{PictureStyle.FontFamily}\"",
                $"font-family=\"{PictureStyle.FontFamily}, Helvetica, Arial, sans-serif\"",
                StringComparison.Ordinal);
        int at = svg.IndexOf(size, StringComparison.Ordinal) + size.Length;
        return Encoding.UTF8.GetBytes(svg.Insert(at, box));
    }

    private void Draw(SKCanvas canvas, int width, int height, (double Least, double Largest) bounds)
    {
        canvas.Clear(style.Ground);
        if (title is not null)
        {
            PictureStyle.Write(canvas, title, Margin, Margin + TitleSize - 4, TitleSize, style.Text, isBold: true);
        }

        float fieldHeight = Math.Max(1, (height - Around()) / (float)panels.Count);
        float right = Math.Min(width / 2f, panels.Max(p => p.LabelWidth));
        PlotAxis[] values = [.. panels.Select((p, i) => p.Axis(i == 0 ? bounds : (double.NaN, double.NaN)))];
        double first = panels.Min(p => p.Iterations.Least), last = panels.Max(p => p.Iterations.Largest);
        PlotAxis iterations = first < last ? new(first, last) : new(first - 1, last + 1);
        float left = values.Max(axis => CurvePanel.TickWidth(axis, fieldHeight));
        float top = Margin + (title is null ? 0 : TitleHeight);
        var field = new SKRect(Margin + left, 0, width - Margin - right, 0);
        for (int i = 0; i < panels.Count; i++)
        {
            top += CurvePanel.Head;
            (field.Top, field.Bottom) = (top, top + fieldHeight);
            panels[i].Draw(canvas, Margin, field, iterations, values[i]);
            top += fieldHeight + CurvePanel.Foot + BetweenPanels;
        }

        const string Axis = "iterations";
        float middle = field.MidX - (PictureStyle.WidthOf(Axis, AxisSize) / 2);
        PictureStyle.Write(
            canvas, Axis, middle, field.Bottom + CurvePanel.Foot + AxisSize, AxisSize, style.Text);
    }
}
