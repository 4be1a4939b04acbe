using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Kernels.Normalization;

/// <summary>
/// The steps of local response normalisation on a row of values whose window sums are known, whatever the region.
/// </summary>
/// <remarks>
/// The tail of a row is handled separately: its call would spill the registers of the loops to the stack.
/// </remarks>
internal static unsafe class LrnRow
{
    /// <summary>
    /// Computes <c>y = x s^-beta</c> with <c>s = factor sum + k</c>. The sums are read in whole vectors.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Forward<T>(T power, float* sums, float* x, float* y, int width, float factor, float k)
        where T : struct, IInversePower
    {
        Vector512<float> factors = Vector512.Create(factor), ks = Vector512.Create(k);
        int i = 0;
        for (; i <= width - Lanes.Width; i += Lanes.Width)
        {
            Forward(power, sums + i, x + i, y + i, Lanes.Width, factors, ks);
        }

        if (i < width)
        {
            Forward(power, sums + i, x + i, y + i, width - i, factors, ks);
        }
    }

    /// <summary>
    /// Computes <c>direct = dy s^-beta</c> and <c>ratio = dy x s^-(beta + 1)</c>; ratios are written in whole vectors.
    /// </summary>
    /// <remarks>Direct has as many values as the width; null if it is not wanted.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Weigh<T>(
        T power, float* sums, float* x, float* dy, float* direct, float* ratios, int width, float factor, float k)
        where T : struct, IInversePower
    {
        Vector512<float> factors = Vector512.Create(factor), ks = Vector512.Create(k);
        int i = 0;
        for (; i <= width - Lanes.Width; i += Lanes.Width)
        {
            float* to = direct == null ? null : direct + i;
            Weigh(power, sums + i, x + i, dy + i, to, ratios + i, Lanes.Width, factors, ks);
        }

        if (i < width)
        {
            float* to = direct == null ? null : direct + i;
            Weigh(power, sums + i, x + i, dy + i, to, ratios + i, width - i, factors, ks);
        }
    }

    /// <summary>
    /// Computes <c>dx = direct + spread x sum</c> from sums of ratios. Direct and dx may be the same.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Finish(float* sums, float* x, float* direct, float* dx, int width, float spread)
    {
        Vector512<float> factor = Vector512.Create(spread);
        int i = 0;
        for (; i <= width - Lanes.Width; i += Lanes.Width)
        {
            Finish(sums + i, x + i, direct + i, dx + i, Lanes.Width, factor);
        }

        if (i < width)
        {
            Finish(sums + i, x + i, direct + i, dx + i, width - i, factor);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Forward<T>(
        T power, float* sums, float* x, float* y, int count, Vector512<float> factor, Vector512<float> k)
        where T : struct, IInversePower
    {
        Vector512<float> s = Vector512.MultiplyAddEstimate(Vector512.Load(sums), factor, k);
        Vector512<float> scale = power.Of(s, out _);
        Lanes.Store(Lanes.Load(x, count) * scale, y, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Weigh<T>(
        T power, float* sums, float* x, float* dy, float* direct, float* ratios, int count, Vector512<float> factor,
        Vector512<float> k)
        where T : struct, IInversePower
    {
        Vector512<float> s = Vector512.MultiplyAddEstimate(Vector512.Load(sums), factor, k);
        Vector512<float> scaled = power.Of(s, out Vector512<float> reciprocal) * Lanes.Load(dy, count);
        (scaled * Lanes.Load(x, count) * reciprocal).Store(ratios);
        if (direct != null)
        {
            Lanes.Store(scaled, direct, count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(float* sums, float* x, float* direct, float* dx, int count, Vector512<float> factor)
    {
        Vector512<float> spread = Lanes.Load(x, count) * factor;
        Lanes.Store(
            Vector512.MultiplyAddEstimate(spread, Vector512.Load(sums), Lanes.Load(direct, count)), dx, count);
    }
}
