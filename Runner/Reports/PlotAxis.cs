using System.Globalization;

namespace Cnn.Runner.Reports;

/// <summary>A range of values that is drawn along a length, and round numbers in it.</summary>
/// <param name="Least">The value at the beginning.</param>
/// <param name="Largest">The value at the end, above the least.</param>
/// <param name="IsLogarithmic">Whether equal factors are equally far; the least value is above 0 then.</param>
internal readonly record struct PlotAxis(double Least, double Largest, bool IsLogarithmic = false)
{
    private const double Decades = 4;

    /// <summary>Returns the share of the length at which a value lies: 0 at the least one, 1 at the largest.</summary>
    public double ShareOf(double value) => IsLogarithmic
        ? Math.Log(Math.Max(value, double.Epsilon) / Least) / Math.Log(Largest / Least)
        : (value - Least) / (Largest - Least);

    /// <summary>Returns round numbers: 1, 2 or 5 times a power of ten.</summary>
    /// <param name="most">How many there are about at most.</param>
    /// <param name="isWhole">Whether whole numbers alone are wanted.</param>
    public double[] Ticks(double most, bool isWhole = false)
    {
        if (IsLogarithmic)
        {
            return LogarithmicTicks();
        }

        double raw = (Largest - Least) / Math.Max(1, most);
        double power = Math.Pow(10, Math.Floor(Math.Log10(raw))), factor = raw / power;
        double step = power * (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10);
        step = isWhole ? Math.Max(1, step) : step;
        double first = Math.Ceiling((Least / step) - 1e-9), last = Math.Floor((Largest / step) + 1e-9);
        var ticks = new List<double>();
        for (double tick = first; tick <= last && ticks.Count < 1000; tick++)
        {
            ticks.Add(tick * step);
        }

        return [.. ticks];
    }

    private double[] LogarithmicTicks()
    {
        (double least, double largest) = (Least, Largest);
        int first = (int)Math.Floor(Math.Log10(least)), last = (int)Math.Ceiling(Math.Log10(largest));
        double[] factors = last - first <= Decades ? [1, 2, 5] : [1];
        int step = 1 + ((last - first) / 10);
        return
        [
            .. Enumerable.Range(0, last - first + 1).Where(i => i % step == 0)
                .SelectMany(i => factors.Select(factor => factor * Math.Pow(10, first + i)))
                .Where(tick => tick >= least * (1 - 1e-9) && tick <= largest * (1 + 1e-9)),
        ];
    }

    /// <summary>Returns a round number as text, with separators of thousands.</summary>
    public static string Text(double value) =>
        value != 0 && (Math.Abs(value) < 1e-4 || Math.Abs(value) >= 1e9)
            ? value.ToString("0.###e0", CultureInfo.InvariantCulture).Replace('-', '\u2212')
            : value.ToString("#,0.#####;\u2212#,0.#####;0", CultureInfo.InvariantCulture);
}
