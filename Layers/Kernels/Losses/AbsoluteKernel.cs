using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Losses;

/// <summary>
/// Absolute differences <c>|a - b|</c> and their gradients. Differences that are no number, or less than a plateau,
/// count as 0 where a plateau is given.
/// </summary>
internal static unsafe class AbsoluteKernel
{
    /// <summary>Computes <c>sum_i |a_i - b_i|</c>.</summary>
    /// <param name="a">The first values.</param>
    /// <param name="b">The second values, or null for 0.</param>
    /// <param name="count">How many.</param>
    /// <param name="pool">The threads.</param>
    /// <param name="plateau">The least difference that counts; below 0 all count, no numbers too.</param>
    public static double Sum(float* a, float* b, int count, WorkerPool pool, float plateau = -1)
    {
        KernelGuard.Array(a, count);
        KernelGuard.ArrayOrNull(b, count);
        return FixedOrderSum.Run(new AbsoluteSum(a, b, count, plateau), ElementParts.Count(count), pool);
    }

    /// <summary>Returns how many differences are numbers.</summary>
    public static double CountNumbers(float* a, float* b, int count, WorkerPool pool)
    {
        KernelGuard.Array(a, count);
        KernelGuard.ArrayOrNull(b, count);
        return FixedOrderSum.Run(new NumberSum(a, b, count), ElementParts.Count(count), pool);
    }

    /// <summary>Computes <c>dx = sign * factor_row * sign(a - b)</c> over [rows, size].</summary>
    /// <param name="a">The first values.</param>
    /// <param name="b">The second values, or null for 0.</param>
    /// <param name="factors">A factor for each row.</param>
    /// <param name="sign">A factor of all.</param>
    /// <param name="ofZero">The sign of 0.</param>
    /// <param name="dx">Receives the gradient.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="size">Values of a row.</param>
    /// <param name="pool">The threads.</param>
    /// <param name="plateau">The least difference that counts; below 0 all count.</param>
    public static void Gradient(
        float* a, float* b, float* factors, float sign, float ofZero, float* dx, int rows, int size, WorkerPool pool,
        float plateau = -1)
    {
        KernelGuard.Array(a, rows, size);
        KernelGuard.ArrayOrNull(b, rows, size);
        KernelGuard.Array(factors, rows);
        KernelGuard.Array(dx, rows, size);
        var parts = new PositionParts(rows, 1, size);
        var job = new GradientJob(parts, a, b, factors, sign, ofZero, dx, size, plateau);
        pool.Run(parts.Count, ref job);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Difference(float* a, float* b, long i, int left) =>
        b == null ? Lanes.Load(a + i, left) : Lanes.Load(a + i, left) - Lanes.Load(b + i, left);

    private readonly struct AbsoluteSum(float* a, float* b, int count, float plateau) : IPartialSum
    {
        public double Sum(int part)
        {
            var (i, end) = ElementParts.Range(part, count);
            WideSum sum = default;
            for (; i < end; i += Lanes.Width)
            {
                int left = Math.Min(Lanes.Width, end - i);
                Vector512<float> size = Vector512.Abs(Difference(a, b, i, left));
                size = plateau < 0 ? size : size & Vector512.GreaterThanOrEqual(size, Vector512.Create(plateau));
                sum.Add(Lanes.First(size, left));
            }

            return sum.Total;
        }
    }

    private readonly struct NumberSum(float* a, float* b, int count) : IPartialSum
    {
        public double Sum(int part)
        {
            var (i, end) = ElementParts.Range(part, count);
            WideSum sum = default;
            for (; i < end; i += Lanes.Width)
            {
                int left = Math.Min(Lanes.Width, end - i);
                Vector512<float> d = Difference(a, b, i, left);
                sum.Add(Lanes.First(Vector512<float>.One & Vector512.Equals(d, d), left));
            }

            return sum.Total;
        }
    }

    private readonly struct GradientJob(
        PositionParts parts, float* a, float* b, float* factors, float sign, float ofZero, float* dx, int size,
        float plateau) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            var (row, endRow, start, end) = parts.Block(part);
            Vector512<float> zero = Vector512<float>.Zero;
            for (; row < endRow; row++)
            {
                float factor = sign * factors[row];
                Vector512<float> above = Vector512.Create(factor), equal = Vector512.Create(factor * ofZero);
                for (int i = start; i < end; i += Lanes.Width)
                {
                    long at = ((long)row * size) + i;
                    int left = Math.Min(Lanes.Width, end - i);
                    Vector512<float> d = Difference(a, b, at, left);
                    Vector512<float> slope = (above & Vector512.GreaterThan(d, zero))
                        + (-above & Vector512.LessThan(d, zero)) + (equal & Vector512.Equals(d, zero));
                    slope = plateau < 0
                        ? slope
                        : slope & Vector512.GreaterThanOrEqual(Vector512.Abs(d), Vector512.Create(plateau));
                    Lanes.Store(slope, dx + at, left);
                }
            }
        }
    }
}
