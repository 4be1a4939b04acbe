using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Losses;

/// <summary>
/// Lengths of differences over the channels of [items, channels, inner]: <c>e = sqrt(factor sum_c d_c^2 + eps)</c>.
/// Differences that are no number are 0, and so are sums below the square of a plateau.
/// </summary>
internal static unsafe class LocationKernel
{
    /// <summary>
    /// Computes the sum of the lengths, and for each position what its differences are multiplied by to get their
    /// gradient: <c>factor / e</c>, 0 on the plateau.
    /// </summary>
    /// <param name="a">The first values.</param>
    /// <param name="b">The second values, or null for 0.</param>
    /// <param name="slopes">Receives [items, inner].</param>
    /// <param name="size">Items, channels and positions of a channel.</param>
    /// <param name="rule">Factor and eps, and the plateau, 0 for none.</param>
    /// <param name="pool">The threads.</param>
    public static double Sum(
        float* a, float* b, float* slopes, (int Items, int Channels, int Inner) size,
        (float Factor, float Epsilon, float Plateau) rule, WorkerPool pool)
    {
        KernelGuard.Array(a, size.Items, size.Channels, size.Inner);
        KernelGuard.ArrayOrNull(b, size.Items, size.Channels, size.Inner);
        KernelGuard.Array(slopes, size.Items, size.Inner);
        var parts = new PositionParts(size.Items, size.Channels, size.Inner);
        return FixedOrderSum.Run(new LengthSum(parts, a, b, slopes, size, rule), parts.Count, pool);
    }

    /// <summary>Computes <c>dx = scale slope (a - b)</c>, 0 where that is no number.</summary>
    public static void Gradient(
        float* a, float* b, float* slopes, float scale, float* dx, (int Items, int Channels, int Inner) size,
        WorkerPool pool)
    {
        KernelGuard.Array(dx, size.Items, size.Channels, size.Inner);
        var parts = new PositionParts(size.Items, size.Channels, size.Inner);
        var job = new GradientJob(parts, a, b, slopes, scale, dx, size);
        pool.Run(parts.Count, ref job);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Difference(float* a, float* b, long i, int left)
    {
        Vector512<float> d = b == null ? Lanes.Load(a + i, left) : Lanes.Load(a + i, left) - Lanes.Load(b + i, left);
        return d & Vector512.Equals(d, d);
    }

    private readonly struct LengthSum(
        PositionParts parts, float* a, float* b, float* slopes, (int Items, int Channels, int Inner) size,
        (float Factor, float Epsilon, float Plateau) rule) : IPartialSum
    {
        public double Sum(int part)
        {
            var (item, endItem, start, end) = parts.Block(part);
            Vector512<float> plateau = Vector512.Create(rule.Plateau * rule.Plateau);
            Vector512<float> factor = Vector512.Create(rule.Factor), epsilon = Vector512.Create(rule.Epsilon);
            WideSum sum = default;
            for (; item < endItem; item++)
            {
                for (int i = start; i < end; i += Lanes.Width)
                {
                    int left = Math.Min(Lanes.Width, end - i);
                    Vector512<float> square = Vector512<float>.Zero;
                    for (int c = 0; c < size.Channels; c++)
                    {
                        Vector512<float> d = Difference(a, b, At(size, item, c) + i, left);
                        square += d * d;
                    }

                    square *= factor;
                    Vector512<float> counts = Vector512.GreaterThanOrEqual(square, plateau);
                    Vector512<float> length = Vector512.Sqrt((square & counts) + epsilon);
                    sum.Add(Lanes.First(length, left));
                    Lanes.Store((factor / length) & counts, slopes + ((long)item * size.Inner) + i, left);
                }
            }

            return sum.Total;
        }
    }

    private readonly struct GradientJob(
        PositionParts parts, float* a, float* b, float* slopes, float scale, float* dx,
        (int Items, int Channels, int Inner) size) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            var (item, endItem, start, end) = parts.Block(part);
            for (; item < endItem; item++)
            {
                for (int c = 0; c < size.Channels; c++)
                {
                    for (int i = start; i < end; i += Lanes.Width)
                    {
                        int left = Math.Min(Lanes.Width, end - i);
                        long at = At(size, item, c) + i;
                        Vector512<float> slope = Lanes.Load(slopes + ((long)item * size.Inner) + i, left) * scale;
                        Lanes.Store(Difference(a, b, at, left) * slope, dx + at, left);
                    }
                }
            }
        }
    }

    private static long At((int Items, int Channels, int Inner) size, int item, int channel) =>
        (((long)item * size.Channels) + channel) * size.Inner;
}
