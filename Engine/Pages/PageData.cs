using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Cnn.Engine.Runs;

namespace Cnn.Engine.Pages;

/// <summary>
/// Writes the data of a page as JSON. Numbers have the digits that a page can show; what HTML would take for its own
/// is escaped, so the text can stand in a script element.
/// </summary>
internal sealed class PageData
{
    // Histograms and images are thinned further where a run has many, for the page's size.
    private const int MostHistograms = 2000, MostImageBytes = 400_000, Shares = 10_000;
    private const int MostParameters = 60, MostDrawing = 300_000;

    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All), SkipValidation = true,
    };

    private readonly Utf8JsonWriter json;

    private PageData(Utf8JsonWriter json) => this.json = json;

    /// <summary>Writes the data of runs to a stream as UTF-8.</summary>
    public static void Write(Stream stream, IReadOnlyList<RunRecord> runs, DateTimeOffset? written)
    {
        using var json = new Utf8JsonWriter(stream, Options);
        var data = new PageData(json);
        json.WriteStartObject();
        if (written is { } time)
        {
            json.WriteNumber("written", time.ToUnixTimeMilliseconds());
        }

        json.WriteStartArray("runs");
        foreach (RunRecord run in runs)
        {
            data.Run(run, isAlone: runs.Count == 1);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void Run(RunRecord run, bool isAlone)
    {
        json.WriteStartObject();
        Head(run);
        json.WriteStartArray("curves");
        foreach (RunCurve curve in run.Curves)
        {
            Curve(curve, run.Info.IsLessBetter(curve.Name));
            json.Flush();
        }

        json.WriteEndArray();
        if (isAlone)
        {
            LayerTimes(run.LayerTimes);
            Histograms(run.HistogramSeries);
            Images(run.ImageSeries);
            Classes(run.Classes);
            json.WriteString("svg", run.NetSvg.Length <= MostDrawing ? run.NetSvg : "");
            json.WriteBoolean("isDrawingLarge", run.NetSvg.Length > MostDrawing);
            json.WriteStartArray("definitions");
            foreach (var (name, text) in run.Definitions)
            {
                Strings(name, text);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.Flush();
    }

    private void Head(RunRecord run)
    {
        RunInfo info = run.Info;
        json.WriteString("name", run.Name);
        json.WriteString("net", info.Net);
        json.WriteString("state", run.State.ToString().ToLowerInvariant());
        json.WriteNumber("iteration", run.Iteration);
        json.WriteNumber("maxIterations", info.MaxIterations);
        Number("duration", run.Duration.TotalSeconds);
        json.WriteString("failure", run.Failure);
        json.WriteString("snapshot", run.LastSnapshot);
        json.WriteString("command", info.Command);
        json.WriteString("version", info.Version);
        json.WriteString("machine", info.Machine);
        json.WriteString("seed", info.Seed?.ToString(CultureInfo.InvariantCulture) ?? "");
        if (info.Started != default)
        {
            json.WriteNumber("started", info.Started.ToUnixTimeMilliseconds());
        }

        json.WriteStartArray("settings");
        foreach (RunSetting setting in info.Settings)
        {
            Strings(setting.Name, setting.Value);
        }

        json.WriteEndArray();
    }

    // The iterations are differences, which have fewer digits.
    private void Curve(RunCurve curve, bool isLessBetter)
    {
        json.WriteStartObject();
        json.WriteString("name", curve.Name);
        json.WriteBoolean("less", isLessBetter);
        Point("last", curve.Last);
        Point("best", isLessBetter ? curve.Least : curve.Greatest);
        json.WriteStartArray("x");
        long before = 0;
        foreach (RunPoint point in curve.Points)
        {
            json.WriteNumberValue(point.Iteration - before);
            before = point.Iteration;
        }

        json.WriteEndArray();
        json.WriteStartArray("y");
        foreach (RunPoint point in curve.Points)
        {
            Number(point.Value);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void Point(string name, RunPoint? point)
    {
        if (point is { } given)
        {
            json.WriteStartArray(name);
            json.WriteNumberValue(given.Iteration);
            Number(given.Value);
            json.WriteEndArray();
        }
    }

    private void LayerTimes(IReadOnlyList<LayerTime> times)
    {
        json.WriteStartArray("layers");
        foreach (LayerTime time in times)
        {
            json.WriteStartArray();
            json.WriteStringValue(time.Layer);
            json.WriteStringValue(time.Type);
            Number(time.Forward);
            Number(time.Backward);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private void Histograms(IReadOnlyList<RunSeries<RunHistogram>> all)
    {
        string[] parameters = [.. all.Select(s => ParameterOf(s.Name)).Distinct()];
        HashSet<string> shown = [.. Spread(parameters, MostParameters)];
        RunSeries<RunHistogram>[] chosen = [.. all.Where(s => shown.Contains(ParameterOf(s.Name)))];
        int most = Math.Max(2, MostHistograms / Math.Max(1, chosen.Length));
        json.WriteNumber("parameters", parameters.Length);
        json.WriteStartArray("histograms");
        foreach (RunSeries<RunHistogram> series in chosen)
        {
            json.WriteStartObject();
            json.WriteString("name", series.Name);
            json.WriteStartArray("items");
            foreach (var (iteration, histogram) in Thin(series.Items, most))
            {
                Histogram(iteration, histogram);
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.Flush();
        }

        json.WriteEndArray();
    }

    // The weights and the gradients of a parameter differ in what stands before its name.
    private static string ParameterOf(string series) => series[(series.IndexOf('/', StringComparison.Ordinal) + 1)..];

    // Counts are shares of all values in ten-thousandths.
    private void Histogram(long iteration, RunHistogram histogram)
    {
        double total = histogram.Counts.Sum();
        if (total == 0)
        {
            return;
        }

        double mean = histogram.Sum / total;
        json.WriteStartObject();
        json.WriteNumber("i", iteration);
        Number("min", histogram.Min);
        Number("max", histogram.Max);
        Number("mean", mean);
        Number("std", Math.Sqrt(Math.Max(0, (histogram.SumOfSquares / total) - (mean * mean))));
        json.WriteStartArray("to");
        foreach (double limit in IsEven(histogram) ? [] : histogram.Limits)
        {
            Number(limit);
        }

        json.WriteEndArray();
        json.WriteStartArray("n");
        foreach (double count in histogram.Counts)
        {
            json.WriteNumberValue((int)Math.Round(count / total * Shares));
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    // Limits of equal intervals can be told from the ends.
    private static bool IsEven(RunHistogram histogram)
    {
        double step = (histogram.Max - histogram.Min) / histogram.Limits.Count;
        return histogram.Limits
            .Select((limit, i) => Math.Abs(limit - (histogram.Min + ((i + 1) * step))))
            .All(distance => distance <= 1e-3 * step);
    }

    private void Images(IReadOnlyList<RunSeries<RunImage>> all)
    {
        bool isLarge = all.Sum(s => s.Items.Sum(i => i.Value.Png.Length)) > MostImageBytes;
        json.WriteStartArray("images");
        foreach (RunSeries<RunImage> series in all)
        {
            json.WriteStartObject();
            json.WriteString("name", series.Name);
            json.WriteStartArray("items");
            foreach (var (iteration, image) in isLarge ? Thin(series.Items, 1) : series.Items)
            {
                json.WriteStartObject();
                json.WriteNumber("i", iteration);
                Image(image);
                json.WriteEndObject();
                json.Flush();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void Image(RunImage image)
    {
        json.WriteNumber("w", image.Width);
        json.WriteNumber("h", image.Height);
        json.WriteString("caption", image.Caption);
        json.WriteBase64String("png", image.Png.Span);
    }

    // Of a row of counts, most of which are 0 where there are many classes, the columns and counts that are not.
    private void Classes(ClassReport? report)
    {
        if (report is null)
        {
            return;
        }

        json.WriteStartObject("classes");
        json.WriteNumber("iteration", report.Iteration);
        json.WriteStartArray("names");
        foreach (string name in report.Names)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
        json.WriteStartArray("counts");
        foreach (IReadOnlyList<long> row in report.Counts)
        {
            json.WriteStartArray();
            for (int i = 0; i < row.Count; i++)
            {
                if (row[i] != 0)
                {
                    json.WriteNumberValue(i);
                    json.WriteNumberValue(row[i]);
                }
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteStartArray("worst");
        foreach (ClassMistake mistake in report.Worst)
        {
            json.WriteStartObject();
            json.WriteNumber("label", mistake.Label);
            json.WriteNumber("predicted", mistake.Predicted);
            Number("confidence", mistake.Confidence);
            Image(mistake.Image);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    // Some of many, evenly between, the last always among them.
    private static IEnumerable<T> Thin<T>(IReadOnlyList<T> items, int most)
    {
        int count = Math.Min(most, items.Count);
        return Enumerable.Range(1, count).Select(i => items[(int)((long)i * items.Count / count) - 1]);
    }

    // Some of many, the first, the last and evenly between.
    private static IEnumerable<T> Spread<T>(IReadOnlyList<T> items, int most) => items.Count <= most
        ? items
        : Enumerable.Range(0, most).Select(i => items[(int)((long)i * (items.Count - 1) / (most - 1))]);

    private void Strings(string first, string second)
    {
        json.WriteStartArray();
        json.WriteStringValue(first);
        json.WriteStringValue(second);
        json.WriteEndArray();
    }

    private void Number(string name, double value)
    {
        json.WritePropertyName(name);
        Number(value);
    }

    // JSON has no infinite values.
    private void Number(double value)
    {
        if (!double.IsFinite(value))
        {
            json.WriteNullValue();
            return;
        }

        Span<byte> text = stackalloc byte[32];
        value.TryFormat(text, out int length, "G5", CultureInfo.InvariantCulture);
        json.WriteRawValue(text[..length], skipInputValidation: true);
    }
}
