using System.Diagnostics;

namespace Cnn.Runner.Reports;

/// <summary>
/// The times of a repeated action, in seconds: the least shows what the code can do, the median what it does here.
/// </summary>
internal readonly record struct Measure(double Least, double Median)
{
    // The runtime compiles a method again, optimised, after this many calls; a slow action is not repeated that often.
    private const int WarmUpCalls = 40;
    private const double LongestWarmUp = 2;

    /// <summary>Warms up, then repeats an action for a number of seconds.</summary>
    public static Measure Of(Action action, double seconds = 0.5)
    {
        var watch = Stopwatch.StartNew();
        for (int i = 0; i < 3 || watch.Elapsed.TotalSeconds < (i < WarmUpCalls ? LongestWarmUp : seconds / 5); i++)
        {
            action();
        }

        var times = new List<double>();
        watch.Restart();
        while (times.Count < 5 || watch.Elapsed.TotalSeconds < seconds)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        times.Sort();
        return new Measure(times[0], times[times.Count / 2]);
    }

    /// <summary>Returns the lesser of both times, of this and of another round.</summary>
    public Measure Better(Measure other) => new(Math.Min(Least, other.Least), Math.Min(Median, other.Median));

    /// <summary>Formats the times, such as "12.3 us least, 13.0 us median, 230 GFLOP/s, 94 % of peak".</summary>
    public string Text(double operations, double peak) =>
        $"{Least * 1e6,10:F1} us least {Median * 1e6,10:F1} us median {operations / Least * 1e-9,7:F1} GFLOP/s"
        + $" {100 * operations / Least / peak,5:F1} % of peak ({100 * operations / Median / peak:F1} % median)";
}
