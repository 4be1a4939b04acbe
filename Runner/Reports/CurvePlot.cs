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
/// <param name="axis">What the curves are drawn against.</param>
internal sealed class CurvePlot(
    string? title, bool isDark, (int Width, int Height)? size = null, string axis = "iterations")
{
    /// <summary>The least width and height.</summary>
    public const int LeastSide = 240;

    /// <summary>The largest width and height.</summary>
    public const int MostSide = 8000;

    private const int UsualWidth = 800, AloneHeight = 340, PanelHeight = 240;
    private const int Margin = 28, TitleHeight = 40, TitleSize = 20, AxisHeight = 22, AxisSize = 13, BetweenPanels = 18;
    private const int PngScale = 2, LeastFieldWidth = 180, LeastFieldHeight = 40;

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

        (int width, int height) = SizeOf(bounds);
        byte[] picture = path.EndsWith(".svg", StringComparison.OrdinalIgnoreCase)
            ? Svg(width, height, bounds)
            : Png(width, height, bounds);
        AtomicFile.Write(path, stream => stream.Write(picture));
    }

    // The names of the curves have to find room.
    private (int Width, int Height) SizeOf((double Least, double Largest) bounds)
    {
        int usualHeight = HeightFor(panels.Count == 1 ? AloneHeight : PanelHeight);
        int least = HeightFor(LeastFieldHeight), needed = Math.Min(MostSide, WidthFor(bounds));
        if (size is not { } given)
        {
            return (Math.Max(UsualWidth, needed), usualHeight);
        }

        int curves = panels.Sum(p => p.Count);
        return given.Width >= needed && given.Height >= least ? given : throw new CnnException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"--size {given.Width}x{given.Height} is too small for {curves} {(curves == 1 ? "curve" : "curves")}"),
            string.Create(
                CultureInfo.InvariantCulture,
                $"give at least {Math.Max(needed, LeastSide)}x{Math.Max(least, LeastSide)}"));
    }

    private int HeightFor(int field) =>
        Around() + (panels.Count * panels.Max(p => Math.Max(field, p.Count * CurvePanel.LineHeight)));

    private int WidthFor((double Least, double Largest) bounds)
    {
        float left = panels.Select((p, i) => CurvePanel.TickWidth(AxisOf(i, bounds), AloneHeight)).Max();
        float right = panels.Max(p => p.LabelWidth);
        float fields = left + Math.Max(LeastFieldWidth, right - left) + right;
        float heads = Math.Max(
            title is null ? 0 : PictureStyle.WidthOf(title, TitleSize, isBold: true), panels.Max(p => p.NameWidth));
        return (int)MathF.Ceiling((2 * Margin) + Math.Max(fields, heads));
    }

    private PlotAxis AxisOf(int panel, (double Least, double Largest) bounds) =>
        panels[panel].Axis(panel == 0 ? bounds : (double.NaN, double.NaN));

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
        PlotAxis[] values = [.. panels.Select((_, i) => AxisOf(i, bounds))];
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

        float middle = field.MidX - (PictureStyle.WidthOf(axis, AxisSize) / 2);
        PictureStyle.Write(
            canvas, axis, middle, field.Bottom + CurvePanel.Foot + AxisSize, AxisSize, style.Text);
    }
}
