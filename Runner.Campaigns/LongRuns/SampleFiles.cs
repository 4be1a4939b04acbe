using System.Globalization;
using Cnn.Runner.Reports;

namespace Cnn.Campaigns.LongRuns;

/// <summary>The samples of a run as a table (CSV) and as a picture (SVG).</summary>
internal static class SampleFiles
{
    /// <summary>Writes both.</summary>
    /// <param name="path">The path without an extension.</param>
    /// <param name="title">The title of the picture.</param>
    /// <param name="samples">The samples.</param>
    public static void Write(string path, string title, IReadOnlyList<ProcessSample> samples)
    {
        File.WriteAllLines(
            path + ".csv",
            [
                "seconds,iteration,bytes,handles,threads",
                .. samples.Select(s => string.Create(
                    CultureInfo.InvariantCulture, $"{s.Seconds:F1},{s.Iteration},{s.Bytes},{s.Handles},{s.Threads}")),
            ]);
        var plot = new CurvePlot(title, isDark: false, axis: "seconds");
        Add(plot, "resident memory (MB)", 0, samples, s => s.Bytes / 1048576.0);
        Add(plot, "handles", 1, samples, s => s.Handles);
        Add(plot, "threads", 2, samples, s => s.Threads);
        plot.Save(path + ".svg", (0, double.NaN));
    }

    private static void Add(
        CurvePlot plot, string name, int color, IReadOnlyList<ProcessSample> samples, Func<ProcessSample, double> value)
    {
        var curve = new Curve(name, isLoss: false);
        foreach (ProcessSample sample in samples)
        {
            curve.Add(sample.Seconds, value(sample));
        }

        plot.Add(name, "", curve, color);
    }
}
