using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Losses;

/// <summary>
/// The smooth L1 loss of differences <c>d = w (a - b)</c>, with s = sigma^2: <c>f(d) = s d^2 / 2</c> where
/// <c>|d| &lt; 1 / s</c>, else <c>|d| - 1 / (2 s)</c>. From Girshick, "Fast R-CNN", ICCV 2015.
/// </summary>
internal static unsafe class SmoothL1Kernel
{
    /// <summary>Computes <c>sum_i outside_i f(d_i)</c>.</summary>
    /// <param name="a">Predictions.</param>
    /// <param name="b">Targets.</param>
    /// <param name="inside">w, the weights of the differences, or null for 1.</param>
    /// <param name="outside">The weights of the losses, or null for 1.</param>
    /// <param name="count">How many values.</param>
    /// <param name="square">s, sigma squared.</param>
    /// <param name="pool">The threads.</param>
    public static double Sum(
        float* a, float* b, float* inside, float* outside, int count, float square, WorkerPool pool)
    {
        KernelGuard.Array(a, count);
        KernelGuard.Array(b, count);
        KernelGuard.ArrayOrNull(inside, count);
        KernelGuard.ArrayOrNull(outside, count);
        return FixedOrderSum.Run(
            new LossSum(a, b, inside, outside, count, square), ElementParts.Count(count), pool);
    }

    /// <summary>Computes <c>sums = sum over the channels of f(d)</c> for each position of [outer, channels, inner].
    /// </summary>
    public static void SumChannels(
        float* a, float* b, float* inside, float* sums, int outer, int channels, int inner, float square,
        WorkerPool pool)
    {
        KernelGuard.Array(a, outer, channels, inner);
        KernelGuard.Array(b, outer, channels, inner);
        KernelGuard.Array(sums, outer, inner);
        var parts = new PositionParts(outer, channels, inner);
        var job = new ChannelJob(parts, a, b, inside, sums, channels, inner, square);
        pool.Run(parts.Count, ref job);
    }

    /// <summary>Computes <c>dx_i = first_i second_i f'(d_i) scale</c>; a factor that is null is 1.</summary>
    public static void Gradient(
        float* a, float* b, float* inside, float* first, float* second, float* dx, int count, float square,
        float scale, WorkerPool pool)
    {
        KernelGuard.Array(a, count);
        KernelGuard.Array(b, count);
        KernelGuard.ArrayOrNull(inside, count);
        KernelGuard.ArrayOrNull(first, count);
        KernelGuard.ArrayOrNull(second, count);
        KernelGuard.Array(dx, count);
        var job = new GradientJob(a, b, inside, first, second, dx, count, square, scale);
        pool.Run(ElementParts.Count(count), ref job);
    }

    /// <summary>Computes f(d), one number at a time: the specification that tests compare the vectors with.</summary>
    internal static float Reference(float d, float square) => MathF.Abs(d) < 1 / square
        ? 0.5f * square * d * d
        : MathF.Abs(d) - (0.5f / square);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Difference(float* a, float* b, float* inside, long i, int left)
    {
        Vector512<float> d = Lanes.Load(a + i, left) - Lanes.Load(b + i, left);
        return inside == null ? d : d * Lanes.Load(inside + i, left);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Loss(Vector512<float> d, float square)
    {
        Vector512<float> size = Vector512.Abs(d);
        Vector512<float> isSmall = Vector512.LessThan(size, Vector512.Create(1 / square));
        return Vector512.ConditionalSelect(
            isSmall, Vector512.Create(0.5f * square) * d * d, size - Vector512.Create(0.5f / square));
    }

    private readonly struct LossSum(
        float* a, float* b, float* inside, float* outside, int count, float square) : IPartialSum
    {
        public double Sum(int part)
        {
            var (i, end) = ElementParts.Range(part, count);
            WideSum sum = default;
            for (; i < end; i += Lanes.Width)
            {
                int left = Math.Min(Lanes.Width, end - i);
                Vector512<float> loss = Loss(Difference(a, b, inside, i, left), square);
                loss = outside == null ? loss : loss * Lanes.Load(outside + i, left);
                sum.Add(Lanes.First(loss, left));
            }

            return sum.Total;
        }
    }

    private readonly struct ChannelJob(
        PositionParts parts, float* a, float* b, float* inside, float* sums, int channels, int inner, float square)
        : IParallelJob
    {
        public void Run(int part, int worker)
        {
            var (item, endItem, start, end) = parts.Block(part);
            for (; item < endItem; item++)
            {
                for (int i = start; i < end; i += Lanes.Width)
                {
                    int left = Math.Min(Lanes.Width, end - i);
                    Vector512<float> sum = Vector512<float>.Zero;
                    for (int c = 0; c < channels; c++)
                    {
                        long at = ((((long)item * channels) + c) * inner) + i;
                        sum += Loss(Difference(a, b, inside, at, left), square);
                    }

                    Lanes.Store(sum, sums + ((long)item * inner) + i, left);
                }
            }
        }
    }

    private readonly struct GradientJob(
        float* a, float* b, float* inside, float* first, float* second, float* dx, int count, float square,
        float scale) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            var (i, end) = ElementParts.Range(part, count);
            Vector512<float> one = Vector512<float>.One, factor = Vector512.Create(square);
            for (; i < end; i += Lanes.Width)
            {
                int left = Math.Min(Lanes.Width, end - i);
                Vector512<float> slope = Difference(a, b, inside, i, left) * factor;
                slope = Vector512.ConditionalSelect(Vector512.GreaterThan(slope, one), one, slope);
                slope = Vector512.ConditionalSelect(Vector512.LessThan(slope, -one), -one, slope);
                slope = first == null ? slope : slope * Lanes.Load(first + i, left);
                slope = second == null ? slope : slope * Lanes.Load(second + i, left);
                Lanes.Store(slope * scale, dx + i, left);
            }
        }
    }
}
