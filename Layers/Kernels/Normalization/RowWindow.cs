using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Kernels.Normalization;

/// <summary>
/// Sums over the rows around each row, of values or of their squares: channels of a strip of pixels, or rows of a
/// plane. Rows before the first and after the last count as zeros.
/// </summary>
/// <remarks>
/// A window of few rows is summed anew each time: that is faster than sliding, and a value that is not finite affects
/// only the windows that contain it. A window of many rows slides, with sums in double, so that subtracting the rows
/// that leave costs no precision.
/// </remarks>
/// <param name="rows">The rows.</param>
/// <param name="step">Distance from row to row, in values.</param>
/// <param name="ring">Number of rows that the memory holds: row r is at r modulo this.</param>
/// <param name="first">The first row.</param>
/// <param name="end">The row after the last.</param>
/// <param name="reach">Rows before and after each row that belong to its sum.</param>
/// <param name="square">Whether to sum squares.</param>
/// <param name="running">
/// Buffer for the sliding sums: <paramref name="width"/> doubles, rounded up to a multiple of 16.
/// </param>
/// <param name="width">Values of a row that are used.</param>
internal readonly unsafe struct RowWindow(
    float* rows, nint step, int ring, int first, int end, int reach, bool square, double* running, int width)
{
    // Up to this reach the addresses of the rows fit into the buffer for sixteen sums.
    private const int LongestReachAddedAnew = 7;

    /// <summary>
    /// Prepares for calls of <see cref="Next"/> from a row on. The rows before it that are within reach must be
    /// available.
    /// </summary>
    public void Begin(int row)
    {
        if (reach <= LongestReachAddedAnew)
        {
            return;
        }

        new Span<double>(running, (width + Lanes.Width - 1) / Lanes.Width * Lanes.Width).Clear();
        for (int r = Math.Max(first, row - reach - 1); r < Math.Min(end, row + reach); r++)
        {
            Slide(r, 1);
        }
    }

    /// <summary>
    /// Writes the sums around a row; rows must follow one another. Writes whole vectors, with zeros beyond the width.
    /// </summary>
    public void Next(int row, float* to)
    {
        if (reach <= LongestReachAddedAnew)
        {
            Add(row, to);
            return;
        }

        if (row + reach < end)
        {
            Slide(row + reach, 1);
        }

        if (row - reach - 1 >= first)
        {
            Slide(row - reach - 1, -1);
        }

        for (int i = 0; i < width; i += Lanes.Width)
        {
            Vector512.Narrow(Vector512.Load(running + i), Vector512.Load(running + i + 8)).Store(to + i);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Add(int row, float* to)
    {
        var around = (float**)running;
        int count = 0;
        for (int r = Math.Max(first, row - reach); r < Math.Min(end, row + reach + 1); r++)
        {
            around[count++] = rows + (r % ring * step);
        }

        // The tail is handled separately: its call would spill the sums of the loops to the stack.
        int whole = width / Lanes.Width * Lanes.Width, fours = width / (4 * Lanes.Width) * (4 * Lanes.Width);
        for (int i = 0; i < fours; i += 4 * Lanes.Width)
        {
            SumFour(around, count, i, to + i);
        }

        for (int i = fours; i < whole; i += Lanes.Width)
        {
            Sum(around, count, i, Lanes.Width).Store(to + i);
        }

        if (whole < width)
        {
            Sum(around, count, whole, width - whole).Store(to + whole);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector512<float> Sum(float** around, int count, int i, int left)
    {
        Vector512<float> sum = Vector512<float>.Zero;
        if (square)
        {
            for (int k = 0; k < count; k++)
            {
                Vector512<float> value = Lanes.Load(around[k] + i, left);
                sum = Vector512.MultiplyAddEstimate(value, value, sum);
            }
        }
        else
        {
            for (int k = 0; k < count; k++)
            {
                sum += Lanes.Load(around[k] + i, left);
            }
        }

        return sum;
    }

    // Four vectors per iteration: with one, counting rows and fetching their addresses takes longer than the sums.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void SumFour(float** around, int count, int i, float* to)
    {
        Vector512<float> sum0 = Vector512<float>.Zero, sum1 = sum0, sum2 = sum0, sum3 = sum0;
        for (int k = 0; k < count; k++)
        {
            float* x = around[k] + i;
            Vector512<float> x0 = Vector512.Load(x), x1 = Vector512.Load(x + Lanes.Width);
            Vector512<float> x2 = Vector512.Load(x + (2 * Lanes.Width)), x3 = Vector512.Load(x + (3 * Lanes.Width));
            if (square)
            {
                sum0 = Vector512.MultiplyAddEstimate(x0, x0, sum0);
                sum1 = Vector512.MultiplyAddEstimate(x1, x1, sum1);
                sum2 = Vector512.MultiplyAddEstimate(x2, x2, sum2);
                sum3 = Vector512.MultiplyAddEstimate(x3, x3, sum3);
            }
            else
            {
                sum0 += x0;
                sum1 += x1;
                sum2 += x2;
                sum3 += x3;
            }
        }

        sum0.Store(to);
        sum1.Store(to + Lanes.Width);
        sum2.Store(to + (2 * Lanes.Width));
        sum3.Store(to + (3 * Lanes.Width));
    }

    private void Slide(int row, double sign)
    {
        float* x = rows + (row % ring * step);
        Vector512<double> factor = Vector512.Create(sign);
        int whole = width / Lanes.Width * Lanes.Width;
        for (int i = 0; i < whole; i += Lanes.Width)
        {
            Slide(Vector512.Load(x + i), factor, running + i);
        }

        if (whole < width)
        {
            Slide(Lanes.Load(x + whole, width - whole), factor, running + whole);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Slide(Vector512<float> values, Vector512<double> factor, double* sums)
    {
        var (low, high) = Vector512.Widen(values);
        (low, high) = square ? (low * low, high * high) : (low, high);
        (Vector512.Load(sums) + (low * factor)).Store(sums);
        (Vector512.Load(sums + 8) + (high * factor)).Store(sums + 8);
    }
}
