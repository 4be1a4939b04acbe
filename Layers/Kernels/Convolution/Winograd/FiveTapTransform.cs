using System.Runtime.CompilerServices;
using Cnn.Layers.Kernels.Gemm;

namespace Cnn.Layers.Kernels.Convolution.Winograd;

/// <summary>
/// F(4, 5) and, for the gradient of the weights, F(5, 4). The points are 0, 1, -1, 2, -2, 1/2, -1/2 and infinity. Over
/// 64 channels the greatest error is 1.8e-5 and the root mean square error 3.1e-6, in units of the square root of the
/// number of terms; those of the direct sum are 3.5e-6 and 0.7e-6. Other points of this kind have no smaller error.
/// </summary>
internal readonly unsafe struct FiveTapTransform<TLanes, TVector> : IWinogradGradientTransform
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    // f' at 1, 2 and 1/2, by which the taps are divided; at 0 it is -1.
    private const float AtOne = -4.5f, AtTwo = 90, AtHalf = 1.40625f;

    /// <inheritdoc/>
    public static int Size => 8;

    /// <inheritdoc/>
    public static int Taps => 5;

    /// <inheritdoc/>
    public static int Seen => Size;

    /// <inheritdoc/>
    public static int Made => WinogradProblem.Step;

    /// <inheritdoc/>
    public static int Lanes => TLanes.Width;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Signal(float** rows, nint offset, int count, float* to, nint toStep)
    {
        if (count >= TLanes.Width)
        {
            Signal(
                TLanes.Load(rows[0] + offset), TLanes.Load(rows[1] + offset), TLanes.Load(rows[2] + offset),
                TLanes.Load(rows[3] + offset), TLanes.Load(rows[4] + offset), TLanes.Load(rows[5] + offset),
                TLanes.Load(rows[6] + offset), TLanes.Load(rows[7] + offset), to, toStep);
        }
        else
        {
            Signal(
                TLanes.Load(rows[0] + offset, count), TLanes.Load(rows[1] + offset, count),
                TLanes.Load(rows[2] + offset, count),
                TLanes.Load(rows[3] + offset, count), TLanes.Load(rows[4] + offset, count),
                TLanes.Load(rows[5] + offset, count),
                TLanes.Load(rows[6] + offset, count), TLanes.Load(rows[7] + offset, count), to, toStep);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Signal(float* from, nint step, float* to, nint toStep) => Signal(
        TLanes.Load(from), TLanes.Load(from + step), TLanes.Load(from + (2 * step)), TLanes.Load(from + (3 * step)),
        TLanes.Load(from + (4 * step)), TLanes.Load(from + (5 * step)), TLanes.Load(from + (6 * step)),
        TLanes.Load(from + (7 * step)), to, toStep);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Weights(float* from, nint step, float* to, nint toStep)
    {
        TVector a = TLanes.Load(from), b = TLanes.Load(from + step), c = TLanes.Load(from + (2 * step));
        TVector d = TLanes.Load(from + (3 * step)), e = TLanes.Load(from + (4 * step));
        AtPoints(a, b, c, d, e, to, toStep);
        TLanes.Store(e, to + (7 * toStep));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Results(float* from, nint step, float addend, float* to, nint toStep)
    {
        Read(
            from, step, out var sum, out var difference, out var wideSum, out var wideDifference, out var nearSum,
            out var nearDifference);
        TVector bias = TLanes.All(addend), first = TLanes.Load(from), last = TLanes.Load(from + (7 * step));
        sum = TLanes.Add(sum, bias);
        difference = TLanes.Add(difference, bias);
        AtPowers(0, TLanes.Add(first, sum), wideSum, nearSum, to);
        AtPowers(1, difference, wideDifference, nearDifference, to + toStep);
        AtPowers(2, sum, wideSum, nearSum, to + (2 * toStep));
        AtPowers(3, TLanes.Add(difference, last), wideDifference, nearDifference, to + (3 * toStep));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ResultGradients(float* from, nint step, float* to, nint toStep)
    {
        FourValues.Load<TLanes, TVector>(from, step, out var a, out var b, out var c, out var d);
        AtPoints(a, b, c, d, TLanes.All(0), to, toStep);
        TLanes.Store(d, to + (7 * toStep));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WeightGradients(float* from, nint step, float* to, nint toStep)
    {
        Read(
            from, step, out var sum, out var difference, out var wideSum, out var wideDifference, out var nearSum,
            out var nearDifference);
        TVector first = TLanes.Load(from), last = TLanes.Load(from + (7 * step));
        AtPowers(0, TLanes.Add(first, sum), wideSum, nearSum, to);
        AtPowers(1, difference, wideDifference, nearDifference, to + toStep);
        AtPowers(2, sum, wideSum, nearSum, to + (2 * toStep));
        AtPowers(3, difference, wideDifference, nearDifference, to + (3 * toStep));
        AtPowers(4, TLanes.Add(sum, last), wideSum, nearSum, to + (4 * toStep));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ProductGradients(float** rows, nint offset, int count, float* to, nint toStep)
    {
        FourValues.Load<TLanes, TVector>(rows, offset, count, out var a, out var b, out var c, out var d);
        ProductGradients(a, b, c, d, to, toStep);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ProductGradients(float* from, nint step, float* to, nint toStep)
    {
        FourValues.Load<TLanes, TVector>(from, step, out var a, out var b, out var c, out var d);
        ProductGradients(a, b, c, d, to, toStep);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SignalGradients(float* from, nint step, float* to, nint toStep)
    {
        Read(
            from, step, out var sum, out var difference, out var wideSum, out var wideDifference, out var nearSum,
            out var nearDifference);
        TVector first = TLanes.Load(from), last = TLanes.Load(from + (7 * step));
        TLanes.Store(TLanes.Multiply(first, -1), to);
        TVector second = TLanes.MultiplyAdd(wideDifference, 0.5f, TLanes.Subtract(difference, last));
        TLanes.Store(TLanes.MultiplyAdd(nearDifference, 2, second), to + toStep);
        TVector third = TLanes.MultiplyAdd(wideSum, 0.25f, TLanes.MultiplyAdd(first, 5.25f, sum));
        TLanes.Store(TLanes.MultiplyAdd(nearSum, 4, third), to + (2 * toStep));
        TVector fourth = TLanes.MultiplyAdd(
            TLanes.Add(wideDifference, nearDifference), -2.5f, TLanes.Multiply(last, 5.25f));
        TLanes.Store(TLanes.MultiplyAdd(difference, -4.25f, fourth), to + (3 * toStep));
        TVector fifth = TLanes.MultiplyAdd(wideSum, -1.25f, TLanes.Multiply(first, -5.25f));
        TLanes.Store(TLanes.MultiplyAdd(sum, -4.25f, TLanes.MultiplyAdd(nearSum, -5, fifth)), to + (4 * toStep));
        TVector sixth = TLanes.MultiplyAdd(wideDifference, 2, TLanes.MultiplyAdd(last, -5.25f, difference));
        TLanes.Store(TLanes.MultiplyAdd(nearDifference, 0.5f, sixth), to + (5 * toStep));
        TLanes.Store(TLanes.Add(TLanes.Add(first, sum), TLanes.Add(wideSum, nearSum)), to + (6 * toStep));
        TLanes.Store(last, to + (7 * toStep));
    }

    // Evaluates the polynomial of the gradients at the points.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ProductGradients(TVector a, TVector b, TVector c, TVector d, float* to, nint toStep)
    {
        TLanes.Store(a, to);
        SumAndDifference.Store<TLanes, TVector>(TLanes.Add(a, c), TLanes.Add(b, d), to + toStep, to + (2 * toStep));
        SumAndDifference.Store<TLanes, TVector>(
            TLanes.MultiplyAdd(c, 4, a),
            TLanes.MultiplyAdd(d, 8, TLanes.Add(b, b)), to + (3 * toStep), to + (4 * toStep));
        SumAndDifference.Store<TLanes, TVector>(
            TLanes.MultiplyAdd(c, 0.25f, a),
            TLanes.MultiplyAdd(d, 0.125f, TLanes.Multiply(b, 0.5f)), to + (5 * toStep), to + (6 * toStep));
        TLanes.Store(d, to + (7 * toStep));
    }

    // Transforms a signal with f = x (x^6 - 21/4 x^4 + 21/4 x^2 - 1).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Signal(
        TVector a, TVector b, TVector c, TVector d, TVector e, TVector f, TVector g, TVector h, float* to, nint toStep)
    {
        TLanes.Store(TLanes.MultiplyAdd(TLanes.Subtract(c, e), 5.25f, TLanes.Subtract(g, a)), to);
        TLanes.Store(TLanes.MultiplyAdd(TLanes.Subtract(d, f), 5.25f, TLanes.Subtract(h, b)), to + (7 * toStep));
        SumAndDifference.Store<TLanes, TVector>(
            TLanes.MultiplyAdd(e, -4.25f, TLanes.Add(c, g)),
            TLanes.MultiplyAdd(d, -4.25f, TLanes.Add(b, f)), to + toStep, to + (2 * toStep));
        SumAndDifference.Store<TLanes, TVector>(
            TLanes.MultiplyAdd(c, 0.25f, TLanes.MultiplyAdd(e, -1.25f, g)),
            TLanes.MultiplyAdd(b, 0.5f, TLanes.MultiplyAdd(d, -2.5f, TLanes.Add(f, f))), to + (3 * toStep),
            to + (4 * toStep));
        SumAndDifference.Store<TLanes, TVector>(
            TLanes.MultiplyAdd(c, 4, TLanes.MultiplyAdd(e, -5, g)),
            TLanes.MultiplyAdd(b, 2, TLanes.MultiplyAdd(d, -2.5f, TLanes.Multiply(f, 0.5f))), to + (5 * toStep),
            to + (6 * toStep));
    }

    // Evaluates a polynomial of degree 4 at the finite points and divides it by f' there.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AtPoints(TVector a, TVector b, TVector c, TVector d, TVector e, float* to, nint toStep)
    {
        TLanes.Store(TLanes.Multiply(a, -1), to);
        SumAndDifference.Store<TLanes, TVector>(
            TLanes.Multiply(TLanes.Add(TLanes.Add(a, c), e), 1 / AtOne),
            TLanes.Multiply(TLanes.Add(b, d), 1 / AtOne), to + toStep, to + (2 * toStep));
        SumAndDifference.Store<TLanes, TVector>(
            TLanes.Multiply(TLanes.MultiplyAdd(e, 16, TLanes.MultiplyAdd(c, 4, a)), 1 / AtTwo),
            TLanes.Multiply(TLanes.MultiplyAdd(d, 4, b), 2 / AtTwo), to + (3 * toStep), to + (4 * toStep));
        SumAndDifference.Store<TLanes, TVector>(
            TLanes.Multiply(TLanes.MultiplyAdd(e, 0.0625f, TLanes.MultiplyAdd(c, 0.25f, a)), 1 / AtHalf),
            TLanes.Multiply(TLanes.MultiplyAdd(d, 0.25f, b), 0.5f / AtHalf), to + (5 * toStep), to + (6 * toStep));
    }

    // Returns the sums and differences of the products at 1 and -1, at 2 and -2, and at 1/2 and -1/2.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Read(
        float* from, nint step,
        out TVector sum, out TVector difference, out TVector wideSum, out TVector wideDifference, out TVector nearSum,
        out TVector nearDifference)
    {
        TVector b = TLanes.Load(from + step), c = TLanes.Load(from + (2 * step));
        TVector d = TLanes.Load(from + (3 * step)), e = TLanes.Load(from + (4 * step));
        TVector f = TLanes.Load(from + (5 * step)), g = TLanes.Load(from + (6 * step));
        (sum, difference) = (TLanes.Add(b, c), TLanes.Subtract(b, c));
        (wideSum, wideDifference) = (TLanes.Add(d, e), TLanes.Subtract(d, e));
        (nearSum, nearDifference) = (TLanes.Add(f, g), TLanes.Subtract(f, g));
    }

    // Computes the result of a power: the products at 1, 2 and 1/2, weighted by that power of their points.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AtPowers(int power, TVector atOne, TVector atTwo, TVector atHalf, float* to)
    {
        float two = 1 << power;
        TLanes.Store(TLanes.MultiplyAdd(atTwo, two, TLanes.MultiplyAdd(atHalf, 1 / two, atOne)), to);
    }
}
