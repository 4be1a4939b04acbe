using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Kernels;

/// <summary>
/// F(4, 5) and, for the gradient of the weights, F(5, 4). The points are 0, 1, -1, 2, -2, 1/2, -1/2 and infinity: over 64
/// channels the greatest error is 1.8e-5 of the root of the number of terms and the root of the mean square 3.1e-6, where
/// the direct sum has 3.5e-6 and 0.7e-6. Other points of this kind have no smaller error.
/// </summary>
internal readonly unsafe struct FiveTapTransform : IWinogradTransform
{
    // f' at 1, 2 and 1/2, which taps are divided by; at 0 it is -1.
    private const float AtOne = -4.5f, AtTwo = 90, AtHalf = 1.40625f;

    /// <inheritdoc/>
    public static int Size => 8;

    /// <inheritdoc/>
    public static int Taps => 5;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Signal(float** rows, nint offset, int count, float* to, nint toStep)
    {
        if (count >= Lanes.Width)
        {
            Signal(
                Vector512.Load(rows[0] + offset), Vector512.Load(rows[1] + offset), Vector512.Load(rows[2] + offset),
                Vector512.Load(rows[3] + offset), Vector512.Load(rows[4] + offset), Vector512.Load(rows[5] + offset),
                Vector512.Load(rows[6] + offset), Vector512.Load(rows[7] + offset), to, toStep);
        }
        else
        {
            Signal(
                Lanes.Load(rows[0] + offset, count), Lanes.Load(rows[1] + offset, count), Lanes.Load(rows[2] + offset, count),
                Lanes.Load(rows[3] + offset, count), Lanes.Load(rows[4] + offset, count), Lanes.Load(rows[5] + offset, count),
                Lanes.Load(rows[6] + offset, count), Lanes.Load(rows[7] + offset, count), to, toStep);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Signal(float* from, nint step, float* to, nint toStep) => Signal(
        Vector512.Load(from), Vector512.Load(from + step), Vector512.Load(from + (2 * step)), Vector512.Load(from + (3 * step)),
        Vector512.Load(from + (4 * step)), Vector512.Load(from + (5 * step)), Vector512.Load(from + (6 * step)),
        Vector512.Load(from + (7 * step)), to, toStep);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Weights(float* from, nint step, float* to, nint toStep)
    {
        Vector512<float> a = Vector512.Load(from), b = Vector512.Load(from + step), c = Vector512.Load(from + (2 * step));
        Vector512<float> d = Vector512.Load(from + (3 * step)), e = Vector512.Load(from + (4 * step));
        AtPoints(a, b, c, d, to, toStep, e);
        e.Store(to + (7 * toStep));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Results(float* from, nint step, Vector512<float> addend, float* to, nint toStep)
    {
        Read(from, step, out var sum, out var difference, out var wideSum, out var wideDifference, out var nearSum, out var nearDifference);
        Vector512<float> first = Vector512.Load(from) + addend, last = Vector512.Load(from + (7 * step)) + addend;
        (first + sum + (wideSum + nearSum)).Store(to);
        Lanes.MultiplyAdd(wideDifference, 2, Lanes.MultiplyAdd(nearDifference, 0.5f, difference + addend)).Store(to + toStep);
        Lanes.MultiplyAdd(wideSum, 4, Lanes.MultiplyAdd(nearSum, 0.25f, sum + addend)).Store(to + (2 * toStep));
        Lanes.MultiplyAdd(wideDifference, 8, Lanes.MultiplyAdd(nearDifference, 0.125f, difference + last)).Store(to + (3 * toStep));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ResultGradients(float* from, nint step, float* to, nint toStep)
    {
        Vector512<float> a = Vector512.Load(from), b = Vector512.Load(from + step);
        Vector512<float> c = Vector512.Load(from + (2 * step)), d = Vector512.Load(from + (3 * step));
        AtPoints(a, b, c, d, to, toStep, Vector512<float>.Zero);
        d.Store(to + (7 * toStep));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WeightGradients(float* from, nint step, float* to, nint toStep)
    {
        Read(from, step, out var sum, out var difference, out var wideSum, out var wideDifference, out var nearSum, out var nearDifference);
        Vector512<float> first = Vector512.Load(from), last = Vector512.Load(from + (7 * step));
        (first + sum + (wideSum + nearSum)).Store(to);
        Lanes.MultiplyAdd(wideDifference, 2, Lanes.MultiplyAdd(nearDifference, 0.5f, difference)).Store(to + toStep);
        Lanes.MultiplyAdd(wideSum, 4, Lanes.MultiplyAdd(nearSum, 0.25f, sum)).Store(to + (2 * toStep));
        Lanes.MultiplyAdd(wideDifference, 8, Lanes.MultiplyAdd(nearDifference, 0.125f, difference)).Store(to + (3 * toStep));
        Lanes.MultiplyAdd(wideSum, 16, Lanes.MultiplyAdd(nearSum, 0.0625f, sum + last)).Store(to + (4 * toStep));
    }

    // f = x (x^6 - 21/4 x^4 + 21/4 x^2 - 1).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Signal(
        Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, Vector512<float> e, Vector512<float> f,
        Vector512<float> g, Vector512<float> h, float* to, nint toStep)
    {
        Lanes.MultiplyAdd(c - e, 5.25f, g - a).Store(to);
        Lanes.MultiplyAdd(d - f, 5.25f, h - b).Store(to + (7 * toStep));
        Lanes.SumAndDifference(
            Lanes.MultiplyAdd(e, -4.25f, c + g), Lanes.MultiplyAdd(d, -4.25f, b + f), to + toStep, to + (2 * toStep));
        Lanes.SumAndDifference(
            Lanes.MultiplyAdd(c, 0.25f, Lanes.MultiplyAdd(e, -1.25f, g)),
            Lanes.MultiplyAdd(b, 0.5f, Lanes.MultiplyAdd(d, -2.5f, f + f)), to + (3 * toStep), to + (4 * toStep));
        Lanes.SumAndDifference(
            Lanes.MultiplyAdd(c, 4, Lanes.MultiplyAdd(e, -5, g)),
            Lanes.MultiplyAdd(b, 2, Lanes.MultiplyAdd(d, -2.5f, f * 0.5f)), to + (5 * toStep), to + (6 * toStep));
    }

    // A polynomial of degree 4 at the finite points, over f' there.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AtPoints(
        Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, float* to, nint toStep, Vector512<float> e)
    {
        (-a).Store(to);
        Lanes.SumAndDifference((a + c + e) * (1 / AtOne), (b + d) * (1 / AtOne), to + toStep, to + (2 * toStep));
        Lanes.SumAndDifference(
            Lanes.MultiplyAdd(e, 16, Lanes.MultiplyAdd(c, 4, a)) * (1 / AtTwo),
            Lanes.MultiplyAdd(d, 4, b) * (2 / AtTwo), to + (3 * toStep), to + (4 * toStep));
        Lanes.SumAndDifference(
            Lanes.MultiplyAdd(e, 0.0625f, Lanes.MultiplyAdd(c, 0.25f, a)) * (1 / AtHalf),
            Lanes.MultiplyAdd(d, 0.25f, b) * (0.5f / AtHalf), to + (5 * toStep), to + (6 * toStep));
    }

    // The sums and differences of the products at 1 and -1, at 2 and -2, at 1/2 and -1/2.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Read(
        float* from, nint step,
        out Vector512<float> sum, out Vector512<float> difference, out Vector512<float> wideSum,
        out Vector512<float> wideDifference, out Vector512<float> nearSum, out Vector512<float> nearDifference)
    {
        Vector512<float> b = Vector512.Load(from + step), c = Vector512.Load(from + (2 * step));
        Vector512<float> d = Vector512.Load(from + (3 * step)), e = Vector512.Load(from + (4 * step));
        Vector512<float> f = Vector512.Load(from + (5 * step)), g = Vector512.Load(from + (6 * step));
        (sum, difference) = (b + c, b - c);
        (wideSum, wideDifference) = (d + e, d - e);
        (nearSum, nearDifference) = (f + g, f - g);
    }
}
