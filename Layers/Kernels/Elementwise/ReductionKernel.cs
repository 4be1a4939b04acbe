using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary>Reduces each row to one number: the sum of the values, their magnitudes or their squares.</summary>
internal static unsafe class ReductionKernel
{
    /// <summary>The terms of the sum.</summary>
    public enum Term
    {
        /// <summary>The values.</summary>
        Value,

        /// <summary>Their magnitudes.</summary>
        Magnitude,

        /// <summary>Their squares.</summary>
        Square,
    }

    /// <summary>
    /// Computes <c>y[r] = factor * sum over the row</c>; long rows are summed in parts, added in a fixed order.
    /// </summary>
    public static void Forward(float* x, float* y, int rows, int length, Term term, float factor, WorkerPool pool)
    {
        KernelGuard.Array(x, rows, length);
        KernelGuard.Array(y, rows);
        KernelGuard.Apart(x, (long)rows * length, y, rows);
        var split = new RowParts(rows, length);
        double* sums = (double*)pool.Scratch(0, ScratchSlot.Partials, 2L * rows * split.PiecesPerRow);
        var job = new SumJob(x, sums, split, length, term);
        pool.Run(split.Count, ref job);
        for (int row = 0; row < rows; row++)
        {
            double sum = 0;
            for (int piece = 0; piece < split.PiecesPerRow; piece++)
            {
                sum += sums[((long)row * split.PiecesPerRow) + piece];
            }

            y[row] = (float)(sum * factor);
        }
    }

    /// <summary>Computes <c>dx = factor * dy[r]</c> times 1, the sign of x, or 2 x.</summary>
    public static void Backward(
        float* x, float* dy, float* dx, int rows, int length, Term term, float factor, WorkerPool pool)
    {
        KernelGuard.Array(x, rows, length);
        KernelGuard.Array(dy, rows);
        KernelGuard.Array(dx, rows, length);
        KernelGuard.Apart(dy, rows, dx, (long)rows * length);
        var split = new RowParts(rows, length);
        var job = new BackwardJob(x, dy, dx, split, length, term, factor);
        pool.Run(split.Count, ref job);
    }

    private readonly struct SumJob(float* x, double* sums, RowParts split, int length, Term term) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            var (first, last, start, end) = split.Block(part);
            for (int row = first; row < last; row++)
            {
                sums[((long)row * split.PiecesPerRow) + split.Piece(part)] = Sum(x + ((long)row * length), start, end);
            }
        }

        private double Sum(float* row, int i, int end)
        {
            var sum = default(WideSum);
            for (; i <= end - Lanes.Width; i += Lanes.Width)
            {
                Add(Vector512.Load(row + i), ref sum);
            }

            if (i < end)
            {
                Add(Lanes.Load(row + i, end - i), ref sum);
            }

            return sum.Total;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Add(Vector512<float> value, ref WideSum sum)
        {
            if (term == Term.Square)
            {
                sum.AddSquares(value);
            }
            else
            {
                sum.Add(term == Term.Magnitude ? Vector512.Abs(value) : value);
            }
        }
    }

    private readonly struct BackwardJob(
        float* x, float* dy, float* dx, RowParts split, int length, Term term, float factor) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            var (first, last, start, end) = split.Block(part);
            for (int row = first; row < last; row++)
            {
                Row(x + ((long)row * length), dx + ((long)row * length), factor * dy[row], start, end);
            }
        }

        private void Row(float* from, float* to, float slope, int i, int end)
        {
            if (term == Term.Value)
            {
                new Span<float>(to + i, end - i).Fill(slope);
                return;
            }

            for (; i <= end - Lanes.Width; i += Lanes.Width)
            {
                Slope(Vector512.Load(from + i), slope).Store(to + i);
            }

            if (i < end)
            {
                Lanes.Store(Slope(Lanes.Load(from + i, end - i), slope), to + i, end - i);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Vector512<float> Slope(Vector512<float> value, float slope) =>
            term == Term.Square ? value * (2 * slope) : Signed(value, Vector512.Create(slope));

        private static Vector512<float> Signed(Vector512<float> value, Vector512<float> slope)
        {
            Vector512<float> zero = Vector512<float>.Zero;
            return Vector512.ConditionalSelect(
                Vector512.GreaterThan(value, zero), slope, Vector512.LessThan(value, zero) & -slope);
        }
    }
}
