namespace Cnn.Engine.Runs;

/// <summary>How many values lie in each of some intervals.</summary>
/// <param name="Limits">The upper limit of each interval, rising; the first begins at <paramref name="Min"/>.</param>
/// <param name="Counts">The number of values in each interval.</param>
/// <param name="Min">The least value.</param>
/// <param name="Max">The greatest value.</param>
/// <param name="Sum">The sum of all values.</param>
/// <param name="SumOfSquares">The sum of their squares.</param>
public sealed record RunHistogram(
    IReadOnlyList<double> Limits,
    IReadOnlyList<double> Counts,
    double Min,
    double Max,
    double Sum,
    double SumOfSquares)
{
    /// <summary>The number of intervals that <see cref="Of"/> makes.</summary>
    public const int Intervals = 30;

    /// <summary>Counts finite values in intervals of equal width from the least to the greatest.</summary>
    public static RunHistogram Of(ReadOnlySpan<float> values)
    {
        double min = double.PositiveInfinity, max = double.NegativeInfinity, sum = 0, squares = 0;
        foreach (float value in values)
        {
            if (float.IsFinite(value))
            {
                min = Math.Min(min, value);
                max = Math.Max(max, value);
                sum += value;
                squares += (double)value * value;
            }
        }

        if (min > max)
        {
            return new RunHistogram([], [], 0, 0, 0, 0);
        }

        int intervals = min == max ? 1 : Intervals;
        double[] limits = new double[intervals], counts = new double[intervals];
        for (int i = 0; i < intervals; i++)
        {
            limits[i] = i == intervals - 1 ? max : min + ((max - min) * (i + 1) / intervals);
        }

        double scale = min == max ? 0 : intervals / (max - min);
        foreach (float value in values)
        {
            if (float.IsFinite(value))
            {
                counts[Math.Min(intervals - 1, (int)((value - min) * scale))]++;
            }
        }

        return new RunHistogram(limits, counts, min, max, sum, squares);
    }
}
