using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Kernels.Normalization;

/// <summary>
/// Sums over the rows around each row, of values or of their squares: channels of a strip of pixels, or rows of a
/// plane. Nothing lies before the first row and behind the last.
/// </summary>
/// <remarks>
/// Few rows are added up anew each time: that is faster than to slide, and what is not finite ends with its window.
/// Over many rows the window slides, with sums in double, so that what leaves takes no digits of what stays.
/// </remarks>
/// <param name="rows">The rows.</param>
/// <param name="step">Values from row to row.</param>
/// <param name="ring">Rows there is memory for: row r lies at r modulo this.</param>
/// <param name="first">The first row.</param>
/// <param name="end">The row after the last.</param>
/// <param name="reach">How many rows before and after belong to a sum.</param>
/// <param name="square">Whether to sum squares.</param>
/// <param name="running">
/// Memory for the sums that slide, doubles, <paramref name="width"/> rounded up to vectors of 16.
/// </param>
/// <param name="width">Values of a row that are looked at.</param>
internal readonly unsafe struct RowWindow(
    float* rows, nint step, int ring, int first, int end, int reach, bool square, double* running, int width)
{
    // The addresses of so many rows fit into the memory for sixteen sums.
    private const int LongestReachAddedAnew = 7;

    /// <summary>
    /// Makes ready for <see cref="Next"/> from a row on. The rows before it and within reach must be there.
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

    /// <summary>The sums about a row; row follows row. Whole vectors are written, zeros behind the width.</summary>
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

        // The end of a row by itself: the call that it takes would put the sums of the others on the stack.
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

    // Four vectors a turn: with one, counting rows and fetching their addresses takes longer than the sums.
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
