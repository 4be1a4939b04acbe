using System.Diagnostics;
using Cnn.Runner.DataSets;
using Cnn.Runner.Reports;

namespace Cnn.Runner.Display;

/// <summary>
/// Shows the progress of files: on a terminal a bar with the time left, in one changing line; else a line for each file
/// when it is complete.
/// </summary>
internal sealed class DataProgress(CommandConsole console) : IProgress<WriteProgress>, IDisposable
{
    private const int BarWidth = 24;

    // Less is shown of what is done in a moment, and no rate is told from a glimpse.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100), ShortestMeasure = TimeSpan.FromSeconds(1);

    private readonly Stopwatch watch = Stopwatch.StartNew();
    private string name = "";
    private long first;
    private TimeSpan start, shown = TimeSpan.MinValue;

    private LiveLine? Live => console.IsQuiet ? null : console.Live;

    /// <inheritdoc/>
    public void Report(WriteProgress value)
    {
        TimeSpan now = watch.Elapsed;
        if (value.Name != name || value.Done < first)
        {
            (name, first, start, shown) = (value.Name, value.Done, now, TimeSpan.MinValue);
        }

        if (value.Done == value.Total)
        {
            End();
            console.WriteNote($"{value.Name}: {value.Total} of {value.Total}");
        }
        else if (shown == TimeSpan.MinValue || now - shown >= Pause)
        {
            Live?.Show(Describe(value, first, now - start));
            shown = now;
        }
    }

    /// <summary>
    /// Shows the progress of work whose results say that it is done: on a terminal the bar, else nothing.
    /// </summary>
    public void Show(WriteProgress value)
    {
        if (Live is not null && value.Done < value.Total)
        {
            Report(value);
        }
    }

    /// <summary>Returns a receiver of another kind of progress, which is shown as <see cref="Show"/> does.</summary>
    public IProgress<T> Of<T>(Func<T, WriteProgress> describe) => new Other<T>(this, describe);

    /// <summary>Writes a line that stays, above the changing one.</summary>
    public void WriteLine(string line)
    {
        if (Live is { } live)
        {
            live.WriteAbove(line);
        }
        else
        {
            console.WriteNote(line);
        }
    }

    /// <summary>Removes the changing line.</summary>
    public void End()
    {
        Live?.Clear();
        name = "";
    }

    /// <inheritdoc/>
    public void Dispose() => End();

    /// <summary>Returns the changing line: <c>train_lmdb [######                  ]  25 %, 0:41 left</c>.</summary>
    /// <param name="value">The progress.</param>
    /// <param name="first">What was done when the time began.</param>
    /// <param name="elapsed">The time since then.</param>
    internal static string Describe(WriteProgress value, long first, TimeSpan elapsed)
    {
        double share = value.Total == 0 ? 1 : (double)value.Done / value.Total;
        string bar = new string('#', (int)(share * BarWidth)).PadRight(BarWidth);
        string left = elapsed >= ShortestMeasure && value.Done > first
            ? $", {TimeText.Clock(elapsed * ((double)(value.Total - value.Done) / (value.Done - first)))} left"
            : "";
        return $"{value.Name} [{bar}] {(int)(100 * share),3} %{left}";
    }

    private sealed class Other<T>(DataProgress progress, Func<T, WriteProgress> describe) : IProgress<T>
    {
        public void Report(T value) => progress.Show(describe(value));
    }
}
