using System.Globalization;
using SkiaSharp;

namespace Cnn.Runner.Reports;

/// <summary>A part of a picture of curves: those that have one vertical axis, with their names at their ends.</summary>
/// <param name="name">What its axis shows.</param>
/// <param name="style">The colours.</param>
/// <param name="isLogarithmic">Whether its axis is logarithmic, if any value is above 0.</param>
internal sealed class CurvePanel(string name, PictureStyle style, bool isLogarithmic = false)
{
    /// <summary>The height of the head, which has the axis's name.</summary>
    public const int Head = 34;

    /// <summary>The height of the numbers below.</summary>
    public const int Foot = 28;

    /// <summary>The height of a curve's name.</summary>
    public const int LineHeight = 19;

    private const int NameSize = 15, LabelSize = 13, TickSize = 12, Apart = 12, MostMarkers = 30, MostThick = 300;
    private const float TickRoomX = 90, TickRoomY = 44, MarkerRadius = 3, Lower = 0.36f;

    private readonly List<(string Label, Curve Curve, SKColor Color, int Pattern)> curves = [];

    /// <summary>What its axis shows.</summary>
    public string Name => name;

    /// <summary>The number of curves.</summary>
    public int Count => curves.Count;

    /// <summary>The room that the names of the curves take on the right.</summary>
    public float LabelWidth => Apart + curves.Max(c =>
        PictureStyle.WidthOf(c.Label, LabelSize, isBold: true) + PictureStyle.WidthOf(ValueOf(c.Curve), LabelSize));

    /// <summary>The width of the axis's name.</summary>
    public float NameWidth => PictureStyle.WidthOf(name, NameSize, isBold: true);

    /// <summary>The range of the iterations.</summary>
    public (double Least, double Largest) Iterations => (
        curves.Min(c => c.Curve.Iterations[0]), curves.Max(c => c.Curve.Iterations[^1]));

    /// <summary>Adds a curve.</summary>
    /// <param name="label">Its name.</param>
    /// <param name="curve">The curve; one without values is left out.</param>
    /// <param name="color">Its colour.</param>
    /// <param name="pattern">Tells curves of one colour apart: 0 is a whole line.</param>
    public void Add(string label, Curve curve, SKColor color, int pattern)
    {
        if (curve.Values.Count > 0)
        {
            curves.Add((label, curve, color, pattern));
        }
    }

    /// <summary>
    /// Returns the axis of the values: a twentieth is left free above and below, and zero is the end where it is near.
    /// </summary>
    /// <param name="bounds">The least and the largest value; NaN for one that follows from the curves.</param>
    public PlotAxis Axis((double Least, double Largest) bounds)
    {
        double[] above = [.. curves.SelectMany(c => c.Curve.Values).Where(v => v > 0)];
        if (isLogarithmic && above.Length > 0)
        {
            double lower = bounds.Least > 0 ? bounds.Least : above.Min() * 0.9;
            return bounds.Largest > 0
                ? new PlotAxis(lower < bounds.Largest ? lower : bounds.Largest / 2, bounds.Largest, IsLogarithmic: true)
                : new PlotAxis(lower, Math.Max(above.Max() * 1.1, lower * 2), IsLogarithmic: true);
        }

        double least = curves.Min(c => c.Curve.Values.Min()), largest = curves.Max(c => c.Curve.Values.Max());
        double extent = largest > least ? largest - least : Math.Max(Math.Abs(largest), 1e-3);
        bool isNearZero = least >= 0 && least < 0.3 * extent;
        double bottom = !double.IsNaN(bounds.Least) ? bounds.Least : isNearZero ? 0 : least - (extent / 20);
        double top = !double.IsNaN(bounds.Largest) ? bounds.Largest : largest + (extent / 20);
        return bottom < top ? new PlotAxis(bottom, top)
            : double.IsNaN(bounds.Largest) ? new PlotAxis(bottom, bottom + extent)
            : new PlotAxis(top - extent, top);
    }

    /// <summary>Returns the room that the numbers of an axis take on the left.</summary>
    public static float TickWidth(PlotAxis values, float height) => Apart + values.Ticks(height / TickRoomY)
        .Select(tick => PictureStyle.WidthOf(PlotAxis.Text(tick), TickSize)).DefaultIfEmpty().Max();

    /// <summary>Draws the panel.</summary>
    /// <param name="canvas">Where to.</param>
    /// <param name="left">Where the panel begins.</param>
    /// <param name="field">The place of the curves; the rest lies around it.</param>
    /// <param name="iterations">The axis of the iterations.</param>
    /// <param name="values">The axis of the values.</param>
    public void Draw(SKCanvas canvas, float left, SKRect field, PlotAxis iterations, PlotAxis values)
    {
        PictureStyle.Write(canvas, name, left, field.Top - 16, NameSize, style.Text, isBold: true);
        using var grid = new SKPaint { Color = style.Grid, StrokeWidth = 1, IsAntialias = true };
        using var line = new SKPaint { Color = style.Faint, StrokeWidth = 1, IsAntialias = true };
        foreach (double tick in values.Ticks(field.Height / TickRoomY))
        {
            float y = YOf(tick, values, field);
            string text = PlotAxis.Text(tick);
            canvas.DrawLine(field.Left, y, field.Right, y, grid);
            float x = field.Left - Apart - PictureStyle.WidthOf(text, TickSize);
            PictureStyle.Write(canvas, text, x, y + (TickSize * Lower), TickSize, style.Faint);
        }

        canvas.DrawLine(field.Left, field.Bottom, field.Right, field.Bottom, line);
        foreach (double tick in iterations.Ticks(field.Width / TickRoomX, isWhole: true))
        {
            float x = XOf(tick, iterations, field);
            string text = PlotAxis.Text(tick);
            canvas.DrawLine(x, field.Bottom, x, field.Bottom + 4, line);
            float half = PictureStyle.WidthOf(text, TickSize) / 2;
            PictureStyle.Write(canvas, text, x - half, field.Bottom + 19, TickSize, style.Faint);
        }

        foreach (var (_, curve, color, pattern) in curves)
        {
            DrawCurve(canvas, field, [.. PointsOf(curve, iterations, values, field)], color, pattern);
        }

        DrawLabels(canvas, field, values);
    }

    private static void DrawCurve(SKCanvas canvas, SKRect field, SKPoint[] points, SKColor color, int pattern)
    {
        using SKPathEffect? effect = (pattern % 3) switch
        {
            0 => null,
            1 => SKPathEffect.CreateDash([7, 3], 0),
            _ => SKPathEffect.CreateDash([2, 3], 0),
        };
        using var line = new SKPaint
        {
            Color = color,
            Style = SKPaintStyle.Stroke,
            StrokeWidth = points.Length > MostThick ? 1.25f : 2,
            StrokeJoin = SKStrokeJoin.Round,
            IsAntialias = true,
            PathEffect = effect,
        };
        using var path = new SKPath();
        path.AddPoly(points, close: false);
        canvas.Save();
        canvas.ClipRect(SKRect.Inflate(field, line.StrokeWidth, line.StrokeWidth));
        canvas.DrawPath(path, line);
        canvas.Restore();
        if (points.Length <= MostMarkers)
        {
            using var dot = new SKPaint { Color = color, IsAntialias = true };
            foreach (SKPoint point in points.Where(p => p.Y >= field.Top && p.Y <= field.Bottom))
            {
                canvas.DrawCircle(point, MarkerRadius, dot);
            }
        }
    }

    // Names stand beside the ends of their curves; where these are close, below each other.
    private void DrawLabels(SKCanvas canvas, SKRect field, PlotAxis values)
    {
        var places = curves.Select(c => (c.Label, c.Curve, c.Color, Y: YOf(c.Curve.Values[^1], values, field)))
            .OrderBy(p => p.Y).ToArray();
        float free = field.Top;
        for (int i = 0; i < places.Length; i++)
        {
            places[i].Y = Math.Max(places[i].Y, free);
            free = places[i].Y + LineHeight;
        }

        free = field.Bottom - (LabelSize * Lower);
        for (int i = places.Length - 1; i >= 0; i--)
        {
            places[i].Y = Math.Min(places[i].Y, free);
            free = places[i].Y - LineHeight;
        }

        foreach (var (label, curve, color, y) in places)
        {
            float x = field.Right + Apart, line = y + (LabelSize * Lower);
            PictureStyle.Write(canvas, label, x, line, LabelSize, color, isBold: true);
            float width = PictureStyle.WidthOf(label, LabelSize, isBold: true);
            PictureStyle.Write(canvas, ValueOf(curve), x + width, line, LabelSize, style.Text);
        }
    }

    private static IEnumerable<SKPoint> PointsOf(Curve curve, PlotAxis iterations, PlotAxis values, SKRect field)
    {
        for (int i = 0; i < curve.Values.Count; i++)
        {
            yield return new SKPoint(
                XOf(curve.Iterations[i], iterations, field), YOf(curve.Values[i], values, field));
        }
    }

    private static float XOf(double iteration, PlotAxis axis, SKRect field) =>
        field.Left + (float)(axis.ShareOf(iteration) * field.Width);

    // Far outside is as good as outside, and no number that a canvas cannot take.
    private static float YOf(double value, PlotAxis axis, SKRect field) =>
        field.Bottom - (float)(Math.Clamp(axis.ShareOf(value), -1000, 1000) * field.Height);

    private static string ValueOf(Curve curve) =>
        "  " + PlotAxis.Text(double.Parse(
            curve.Values[^1].ToString("g4", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));
}
