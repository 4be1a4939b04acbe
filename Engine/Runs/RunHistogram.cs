using System.Numerics;

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
        var (min, max, sum, squares) = MomentsOf(values);
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

        Count(values, min, min == max ? 0 : intervals / (max - min), counts);
        return new RunHistogram(limits, counts, min, max, sum, squares);
    }

    private static (double Min, double Max, double Sum, double SumOfSquares) MomentsOf(ReadOnlySpan<float> values)
    {
        double min = double.PositiveInfinity, max = double.NegativeInfinity;
        var (least, greatest) = (new Vector<float>(float.PositiveInfinity), new Vector<float>(float.NegativeInfinity));
        Vector<double> sums = default, squares = default;
        double sum = 0, sumOfSquares = 0;
        int i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var block = new Vector<float>(values[i..]);

            // The difference is NaN where a value is not finite.
            if (!Vector.EqualsAll(block - block, Vector<float>.Zero))
            {
                AddEach(values.Slice(i, Vector<float>.Count));
                continue;
            }

            (least, greatest) = (Vector.Min(least, block), Vector.Max(greatest, block));
            Vector.Widen(block, out Vector<double> low, out Vector<double> high);
            sums += low + high;
            squares += (low * low) + (high * high);
        }

        AddEach(values[i..]);
        for (int lane = 0; lane < Vector<float>.Count; lane++)
        {
            (min, max) = (Math.Min(min, least[lane]), Math.Max(max, greatest[lane]));
        }

        return (min, max, sum + Vector.Sum(sums), sumOfSquares + Vector.Sum(squares));

        void AddEach(ReadOnlySpan<float> some)
        {
            foreach (float value in some)
            {
                if (float.IsFinite(value))
                {
                    (min, max) = (Math.Min(min, value), Math.Max(max, value));
                    sum += value;
                    sumOfSquares += (double)value * value;
                }
            }
        }
    }

    // Neighbours are counted apart: values that fall into one interval would wait for each other.
    private static void Count(ReadOnlySpan<float> values, double min, double scale, Span<double> counts)
    {
        const int Ways = 4;
        int last = counts.Length - 1;
        Span<long> found = stackalloc long[Ways * Intervals];
        found.Clear();
        for (int i = 0; i < values.Length; i++)
        {
            if (float.IsFinite(values[i]))
            {
                found[((i % Ways) * Intervals) + Math.Min(last, (int)((values[i] - min) * scale))]++;
            }
        }

        for (int i = 0; i < found.Length; i++)
        {
            counts[Math.Min(last, i % Intervals)] += found[i];
        }
    }
}
