using System.Globalization;
using Cnn.Engine.Runs;
using Cnn.Runner.Reports;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Cnn.Runner.Display;

/// <summary>
/// Lays out the panel of a run: in two columns where a terminal is wide, without a border where it is small.
/// </summary>
/// <param name="glyphs">The characters to use.</param>
internal sealed class TrainingPanel(Glyphs glyphs)
{
    private const int Widest = 140, TwoColumns = 110, LeastColumns = 30, LeastRows = 8;

    // The border and the space beside it; the border above and below.
    private const int Sides = 4, Edges = 2;

    private const int ColumnGap = 3, LeastBar = 8, LeastSparks = 8;

    // "learning rate"; "  last 30 s".
    private const int LongestLabel = 13, SpanWidth = 11;

    // Where more of the time goes by waiting for data, that wants attention.
    private const double BearableWait = 0.05;

    private static readonly Style Plain = Style.Plain;

    /// <summary>Lays out the panel for a terminal of some columns and rows.</summary>
    public IRenderable Build(TrainingStatus status, int columns, int rows)
    {
        // The last column stays free: a full line moves the cursor on some terminals.
        int width = Math.Min(columns - 1, Widest);
        if (width < LeastColumns || rows < LeastRows)
        {
            var line = new Paragraph();
            new PanelRow("", Progress(status)).AppendTo(line, 0, Math.Max(1, width), glyphs);
            return line;
        }

        int inner = width - Sides;
        var lines = new List<IRenderable> { Bar(status, inner) };
        lines.AddRange(Rows(status, inner, rows - Edges - 2));
        string title = glyphs.TitleStart + PanelRow.Cut(Title(status), inner - Sides, glyphs) + glyphs.TitleEnd;
        return new Panel(new Rows(lines))
        {
            Border = glyphs == Glyphs.Unicode ? BoxBorder.Rounded : BoxBorder.Ascii,
            BorderStyle = PanelStyles.Faint,
            Header = new PanelHeader(Markup.Escape(title)),
            Width = width,
            Padding = new Padding(1, 0),
        };
    }

    private string Title(TrainingStatus status)
    {
        string doing = status.State switch
        {
            RunState.Completed => "done",
            RunState.Stopped => "stopped",
            RunState.Failed => "failed",
            _ when status.IsStopping => "stopping after this iteration",
            _ when status.Test is { } test => Text($"testing, batch {test.Batch + 1} of {test.Batches}"),
            _ => "training",
        };
        string net = status.Net.Length > 0 ? $"{TerminalText.Printable(status.Net)} {glyphs.Dash} " : "";
        return net + doing;
    }

    private Paragraph Bar(TrainingStatus status, int width)
    {
        double share = Share(status);
        string left = status.State != RunState.Running ? $"in {TimeText.Clock(status.Elapsed)}"
            : status.Left is { } time ? $"{TimeText.Clock(time)} left"
            : "";
        string elapsed = status.State != RunState.Running ? "" : $"{TimeText.Clock(status.Elapsed)} so far";
        var texts = new List<(string Text, Style Style)> { (Text($"{(int)(100 * share),3} %"), Plain) };
        int used = texts[0].Text.Length + 1;
        foreach (var (text, style) in ((string, Style)[])[(left, Plain), (elapsed, PanelStyles.Faint)])
        {
            if (text.Length > 0 && used + text.Length + 2 + LeastBar <= width)
            {
                texts.Add(("  " + text, style));
                used += text.Length + 2;
            }
        }

        int cells = Math.Max(0, width - used), done = (int)(share * cells);
        var line = new Paragraph();
        line.Append(new string(glyphs.Done, done), PanelStyles.Accent);
        line.Append(new string(glyphs.Rest, cells - done) + " ", PanelStyles.Faint);
        texts.ForEach(t => line.Append(t.Text, t.Style));
        return line;
    }

    private IEnumerable<IRenderable> Rows(TrainingStatus status, int width, int most)
    {
        bool isWide = width >= TwoColumns - Sides;
        int half = isWide ? (width - ColumnGap) / 2 : width;
        List<PanelRow> tests = TestRows(status);
        int longest = Math.Max(LongestLabel, half / 3);
        int labels = Math.Clamp(tests.Max(r => r.Label.Length), LongestLabel, longest) + PanelRow.Gap;
        List<PanelRow> training = TrainingRows(status, half - labels);
        if (!isWide)
        {
            foreach (PanelRow row in Most([.. training, .. tests], most))
            {
                var line = new Paragraph();
                row.AppendTo(line, labels, width, glyphs);
                yield return line;
            }

            yield break;
        }

        (training, tests) = (Most(training, most), Most(tests, most));
        for (int i = 0; i < Math.Max(training.Count, tests.Count); i++)
        {
            var line = new Paragraph();
            int used = i < training.Count ? training[i].AppendTo(line, labels, half, glyphs) : 0;
            if (i < tests.Count)
            {
                line.Append(new string(' ', half + ColumnGap - used));
                tests[i].AppendTo(line, labels, half, glyphs);
            }

            yield return line;
        }
    }

    private List<PanelRow> TrainingRows(TrainingStatus status, int width)
    {
        string unit = status.CountsImages ? "images/s" : "iterations/s";
        double wait = Math.Round(100 * status.DataWait);
        return
        [
            new("iteration", Progress(status)),
            new("loss", LossPieces(status, width)),
            new(
                "learning rate",
                (CaffeNumber.Format(status.LearningRate), Plain),
                (status.RateSince is { } since ? Text($"since iteration {since:N0}") : "", PanelStyles.Faint)),
            new(
                "speed",
                (status.Speed > 0 ? $"{Speed(status.Speed)} {unit}" : "", Plain),
                (Text($"{wait:0} % waiting for data"),
                    status.DataWait > BearableWait ? PanelStyles.Attention : PanelStyles.Faint)),
        ];
    }

    private static List<PanelRow> TestRows(TrainingStatus status)
    {
        List<PanelRow> rows = [];
        if (status.Page.Length > 0)
        {
            // Where rows are few, others can be done without.
            rows.Add(new PanelRow("page", (status.Page, Plain)));
        }

        rows.AddRange(status.Tests.Select(TestRow));
        rows.Add(status.SnapshotIteration is { } iteration
            ? new PanelRow(
                "snapshot",
                (Text($"iteration {iteration:N0}"), Plain),
                ($"{TimeText.Clock(status.SnapshotAge)} ago", Plain),
                (TerminalText.Printable(status.SnapshotFile), PanelStyles.Faint))
            : new PanelRow("snapshot", ("none yet", PanelStyles.Faint)));
        return rows;
    }

    private static PanelRow TestRow(TestStatus test)
    {
        string net = test.TestNet == 0 ? "test" : Text($"test{test.TestNet}");
        string label = $"{net} {TerminalText.Printable(test.Blob)}";
        return test.Iteration is not { } iteration
            ? new PanelRow(label, ("none yet", PanelStyles.Faint))
            : new PanelRow(
                label,
                (Number(test.Score), PanelStyles.Strong),
                (Text($" at {iteration:N0}"), Plain),
                (double.IsNaN(test.Best) ? "" : $"best {Number(test.Best)}", Plain),
                (double.IsNaN(test.Best) ? "" : Text($" at {test.BestIteration:N0}"), Plain));
    }

    private static List<PanelRow> Most(List<PanelRow> rows, int most)
    {
        if (rows.Count <= most)
        {
            return rows;
        }

        var more = new PanelRow(Text($"and {rows.Count - most + 1} more"));
        return [.. rows.Take(most - 1), more];
    }

    // The current loss, the mean and as much of the recent past as fits; on a narrow terminal without the mean.
    private (string Text, Style Style)[] LossPieces(TrainingStatus status, int width)
    {
        var pieces = new List<(string Text, Style Style)> { (Number(status.Loss), PanelStyles.Strong) };
        string mean = status.MeanOf > 0 ? Text($"mean of {status.MeanOf}: {Number(status.MeanLoss)}") : "";
        int room = width - pieces[0].Text.Length - PanelRow.Gap;
        int beside = room - mean.Length - PanelRow.Gap;
        if (mean.Length > 0 && beside >= LeastSparks)
        {
            pieces.Add((mean, Plain));
            room = beside;
        }

        room -= room >= LeastSparks + SpanWidth ? SpanWidth : 0;
        int count = Math.Min(room, status.Losses.Count);
        if (count > 1)
        {
            string sparks = glyphs.Sparkline([.. status.Losses.TakeLast(count)]);
            TimeSpan span = status.LossSpan * ((double)count / status.Losses.Count);
            pieces.Add((sparks, PanelStyles.Accent));
            pieces.Add(($"last {Span(span)}", PanelStyles.Faint));
        }

        return [.. pieces];
    }

    private static (string Text, Style Style) Progress(TrainingStatus status) =>
        (Text($"{status.Iteration:N0} of {status.MaxIterations:N0}"), Plain);

    private static double Share(TrainingStatus status) =>
        Math.Clamp(status.Iteration / (double)Math.Max(1, status.MaxIterations), 0, 1);

    // Figures that change many times a second keep their width.
    private static string Number(double value) =>
        Math.Abs(value) is >= 0.001 and < 1000 ? Text($"{value:0.0000}") : CaffeNumber.Format((float)value);

    private static string Span(TimeSpan time) =>
        time.TotalSeconds < 100 ? Text($"{time.TotalSeconds:0} s") : TimeText.Clock(time);

    private static string Speed(double value) => value >= 100 ? Text($"{value:N0}") : Text($"{value:0.0}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
