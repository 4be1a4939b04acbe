using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Losses;

/// <summary>Squared distances between pairs of rows, and their gradients.</summary>
internal static unsafe class DifferenceKernel
{
    /// <summary>Computes <c>sum_i (a_i - b_i)^2</c>.</summary>
    public static double SumOfSquares(float* a, float* b, int count, WorkerPool pool)
    {
        KernelGuard.Array(a, count);
        KernelGuard.Array(b, count);
        return FixedOrderSum.Run(new SquareSum(a, b, count), ElementParts.Count(count), pool);
    }

    /// <summary>Computes the squared distance of each row of a to the same row of b, both [rows, size].</summary>
    public static void RowSquares(float* a, float* b, float* squares, int rows, int size, WorkerPool pool)
    {
        KernelGuard.Array(a, rows, size);
        KernelGuard.Array(b, rows, size);
        KernelGuard.Array(squares, rows);
        KernelGuard.Apart(a, (long)rows * size, squares, rows);
        KernelGuard.Apart(b, (long)rows * size, squares, rows);
        var parts = new PositionParts(rows, size, 1);
        var job = new RowSquaresJob(parts, a, b, squares, size);
        pool.Run(parts.Count, ref job);
    }

    /// <summary>Computes <c>dx = sign * factor_row * (a - b)</c> over [rows, size].</summary>
    public static void Scale(
        float* a, float* b, float* factors, float sign, float* dx, int rows, int size, WorkerPool pool)
    {
        KernelGuard.Array(a, rows, size);
        KernelGuard.Array(b, rows, size);
        KernelGuard.Array(factors, rows);
        KernelGuard.Array(dx, rows, size);
        KernelGuard.SameOrApart(a, dx, (long)rows * size);
        KernelGuard.SameOrApart(b, dx, (long)rows * size);
        KernelGuard.Apart(factors, rows, dx, (long)rows * size);
        var parts = new PositionParts(rows, 1, size);
        var job = new ScaleJob(parts, a, b, factors, sign, dx, size);
        pool.Run(parts.Count, ref job);
    }

    /// <summary>Computes <c>sum_i (a_i - b_i)^2</c> on the calling thread.</summary>
    internal static double SumOfSquares(float* a, float* b, int count)
    {
        WideSum sum = default;
        int i = 0;
        for (; i <= count - Lanes.Width; i += Lanes.Width)
        {
            sum.AddSquares(Vector512.Load(a + i) - Vector512.Load(b + i));
        }

        if (i < count)
        {
            sum.AddSquares(Lanes.Load(a + i, count - i) - Lanes.Load(b + i, count - i));
        }

        return sum.Total;
    }

    private readonly struct SquareSum(float* a, float* b, int count) : IPartialSum
    {
        public double Sum(int part)
        {
            var (start, end) = ElementParts.Range(part, count);
            return SumOfSquares(a + start, b + start, end - start);
        }
    }

    private readonly struct RowSquaresJob(
        PositionParts parts, float* a, float* b, float* squares, int size) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            var (row, end, _, _) = parts.Block(part);
            for (; row < end; row++)
            {
                long at = (long)row * size;
                squares[row] = (float)SumOfSquares(a + at, b + at, size);
            }
        }
    }

    private readonly struct ScaleJob(
        PositionParts parts, float* a, float* b, float* factors, float sign, float* dx, int size) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            var (row, endRow, start, end) = parts.Block(part);
            for (; row < endRow; row++)
            {
                float factor = sign * factors[row];
                long at = (long)row * size;
                int i = start;
                for (; i <= end - Lanes.Width; i += Lanes.Width)
                {
                    Compute(at + i, Lanes.Width, factor);
                }

                if (i < end)
                {
                    Compute(at + i, end - i, factor);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Compute(long at, int left, float factor) =>
            Lanes.Store((Lanes.Load(a + at, left) - Lanes.Load(b + at, left)) * factor, dx + at, left);
    }
}
