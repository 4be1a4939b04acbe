using Cnn.Proto;
using ScottPlot;

namespace Cnn.Runner.Reports;

/// <summary>
/// A picture of curves against iterations: losses on the left axis, everything else on the right one.
/// </summary>
internal sealed class CurvePlot : IDisposable
{
    private const int Width = 800, Height = 480;

    private readonly Plot plot = new();
    private bool hasLeft;
    private bool hasRight;

    /// <summary>Creates an empty picture.</summary>
    /// <param name="title">Its title; null for none.</param>
    public CurvePlot(string? title)
    {
        plot.Font.Set(Fonts.Sans);
        plot.XLabel("iterations");
        if (title is not null)
        {
            plot.Title(title);
        }
    }

    /// <summary>Adds a curve.</summary>
    /// <param name="label">Its name in the legend.</param>
    /// <param name="curve">The curve.</param>
    /// <param name="onLeft">Whether it belongs to the left axis even if it is no loss.</param>
    public void Add(string label, Curve curve, bool onLeft = false)
    {
        ScottPlot.Plottables.Scatter line = plot.Add.Scatter(
            curve.Iterations.ToArray(), curve.Values.ToArray());
        line.LegendText = label;
        line.LineWidth = 2;
        line.MarkerSize = curve.Values.Count <= 30 ? 5 : 0;
        if (onLeft || curve.IsLoss)
        {
            hasLeft = true;
            return;
        }

        hasRight = true;
        line.Axes.YAxis = plot.Axes.Right;
    }

    /// <summary>Adds a curve of the test error in per cent, computed from the curve of an accuracy.</summary>
    public void AddError(string label, Curve accuracy)
    {
        var error = new Curve(accuracy.Name, isLoss: true);
        for (int i = 0; i < accuracy.Values.Count; i++)
        {
            error.Add(accuracy.Iterations[i], 100 * (1 - accuracy.Values[i]));
        }

        Add(label, error);
    }

    /// <summary>Writes the picture, as PNG or SVG by the file's extension.</summary>
    /// <param name="path">The file.</param>
    /// <param name="left">What the left axis shows.</param>
    /// <param name="right">What the right axis shows.</param>
    /// <param name="bounds">
    /// The least and the largest value of the left axis; NaN for a bound that follows from the curves.
    /// </param>
    /// <exception cref="CnnException">The file cannot be written.</exception>
    public void Save(string path, string left, string right, (double Least, double Largest) bounds)
    {
        plot.YLabel(hasLeft ? left : "");
        plot.Axes.Left.IsVisible = hasLeft;
        plot.Axes.Right.Label.Text = hasRight ? right : "";
        plot.Axes.AutoScale();
        AxisLimits limits = plot.Axes.GetLimits();
        plot.Axes.SetLimitsY(
            double.IsNaN(bounds.Least) ? limits.Bottom : bounds.Least,
            double.IsNaN(bounds.Largest) ? limits.Top : bounds.Largest);
        plot.ShowLegend(Edge.Right);
        byte[] picture = path.EndsWith(".svg", StringComparison.OrdinalIgnoreCase)
            ? System.Text.Encoding.UTF8.GetBytes(plot.GetSvgXml(Width, Height))
            : plot.GetImageBytes(Width, Height, ImageFormat.Png);
        AtomicFile.Write(path, stream => stream.Write(picture));
    }

    /// <inheritdoc/>
    public void Dispose() => plot.Dispose();
}
