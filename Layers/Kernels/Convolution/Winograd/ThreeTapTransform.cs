using System.Runtime.CompilerServices;
using Cnn.Layers.Kernels.Gemm;

namespace Cnn.Layers.Kernels.Convolution.Winograd;

/// <summary>
/// F(4, 3) and, for the gradient of the weights, F(3, 4). The points are 0, p, -p, q, -q and infinity with p = 3/4 and
/// q = 3/2 instead of the usual 1 and 2. Over 64 channels the greatest error is 5.4e-6 instead of 2.2e-5, in units of
/// the square root of the number of terms; that of the direct sum is 2.9e-6.
/// </summary>
internal readonly unsafe struct ThreeTapTransform<TLanes, TVector> : IWinogradGradientTransform
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    private const float P = 0.75f, Q = 1.5f, PSquare = P * P, QSquare = Q * Q;
    private const float SquareSum = PSquare + QSquare, SquareProduct = PSquare * QSquare;

    // f' at p and at q, by which the taps are divided; at 0 it is the product of the squares.
    private const float AtP = 2 * PSquare * (PSquare - QSquare), AtQ = 2 * QSquare * (QSquare - PSquare);

    /// <inheritdoc/>
    public static int Size => 6;

    /// <inheritdoc/>
    public static int Taps => 3;

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
                TLanes.Load(rows[3] + offset), TLanes.Load(rows[4] + offset), TLanes.Load(rows[5] + offset), to,
                toStep);
        }
        else
        {
            Signal(
                TLanes.Load(rows[0] + offset, count), TLanes.Load(rows[1] + offset, count),
                TLanes.Load(rows[2] + offset, count),
                TLanes.Load(rows[3] + offset, count), TLanes.Load(rows[4] + offset, count),
                TLanes.Load(rows[5] + offset, count),
                to, toStep);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Signal(float* from, nint step, float* to, nint toStep) => Signal(
        TLanes.Load(from), TLanes.Load(from + step), TLanes.Load(from + (2 * step)),
        TLanes.Load(from + (3 * step)), TLanes.Load(from + (4 * step)), TLanes.Load(from + (5 * step)), to, toStep);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Weights(float* from, nint step, float* to, nint toStep)
    {
        TVector a = TLanes.Load(from), b = TLanes.Load(from + step), c = TLanes.Load(from + (2 * step));
        SumAndDifference.Store<TLanes, TVector>(
            TLanes.MultiplyAdd(c, PSquare / AtP, TLanes.Multiply(a, 1 / AtP)),
            TLanes.Multiply(b, P / AtP), to + toStep, to + (2 * toStep));
        SumAndDifference.Store<TLanes, TVector>(
            TLanes.MultiplyAdd(c, QSquare / AtQ, TLanes.Multiply(a, 1 / AtQ)),
            TLanes.Multiply(b, Q / AtQ), to + (3 * toStep), to + (4 * toStep));
        TLanes.Store(TLanes.Multiply(a, 1 / SquareProduct), to);
        TLanes.Store(c, to + (5 * toStep));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Results(float* from, nint step, float addend, float* to, nint toStep)
    {
        Read(from, step, out var sum, out var difference, out var wideSum, out var wideDifference);
        TVector bias = TLanes.All(addend), first = TLanes.Load(from), last = TLanes.Load(from + (5 * step));
        TLanes.Store(TLanes.Add(TLanes.Add(TLanes.Add(first, bias), sum), wideSum), to);
        TLanes.Store(TLanes.MultiplyAdd(difference, P, TLanes.MultiplyAdd(wideDifference, Q, bias)), to + toStep);
        TLanes.Store(TLanes.MultiplyAdd(sum, PSquare, TLanes.MultiplyAdd(wideSum, QSquare, bias)), to + (2 * toStep));
        last = TLanes.MultiplyAdd(wideDifference, Q * QSquare, TLanes.Add(last, bias));
        TLanes.Store(TLanes.MultiplyAdd(difference, P * PSquare, last), to + (3 * toStep));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ResultGradients(float* from, nint step, float* to, nint toStep)
    {
        FourValues.Load<TLanes, TVector>(from, step, out var a, out var b, out var c, out var d);
        SumAndDifference.Store<TLanes, TVector>(
            TLanes.MultiplyAdd(c, PSquare / AtP, TLanes.Multiply(a, 1 / AtP)),
            TLanes.MultiplyAdd(d, P * PSquare / AtP, TLanes.Multiply(b, P / AtP)), to + toStep, to + (2 * toStep));
        SumAndDifference.Store<TLanes, TVector>(
            TLanes.MultiplyAdd(c, QSquare / AtQ, TLanes.Multiply(a, 1 / AtQ)),
            TLanes.MultiplyAdd(d, Q * QSquare / AtQ, TLanes.Multiply(b, Q / AtQ)), to + (3 * toStep),
            to + (4 * toStep));
        TLanes.Store(TLanes.Multiply(a, 1 / SquareProduct), to);
        TLanes.Store(d, to + (5 * toStep));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WeightGradients(float* from, nint step, float* to, nint toStep)
    {
        Read(from, step, out var sum, out var difference, out var wideSum, out var wideDifference);
        TVector first = TLanes.Load(from), last = TLanes.Load(from + (5 * step));
        TLanes.Store(TLanes.Add(TLanes.Add(first, sum), wideSum), to);
        TLanes.Store(TLanes.MultiplyAdd(difference, P, TLanes.Multiply(wideDifference, Q)), to + toStep);
        TLanes.Store(TLanes.MultiplyAdd(sum, PSquare, TLanes.MultiplyAdd(wideSum, QSquare, last)), to + (2 * toStep));
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
        Read(from, step, out var sum, out var difference, out var wideSum, out var wideDifference);
        TVector first = TLanes.Load(from), last = TLanes.Load(from + (5 * step));
        TLanes.Store(TLanes.Multiply(first, SquareProduct), to);
        TVector second = TLanes.MultiplyAdd(wideDifference, -Q * PSquare, TLanes.Multiply(last, SquareProduct));
        TLanes.Store(TLanes.MultiplyAdd(difference, -P * QSquare, second), to + toStep);
        TVector third = TLanes.MultiplyAdd(wideSum, -PSquare, TLanes.Multiply(first, -SquareSum));
        TLanes.Store(TLanes.MultiplyAdd(sum, -QSquare, third), to + (2 * toStep));
        TVector fourth = TLanes.MultiplyAdd(wideDifference, Q, TLanes.Multiply(last, -SquareSum));
        TLanes.Store(TLanes.MultiplyAdd(difference, P, fourth), to + (3 * toStep));
        TLanes.Store(TLanes.Add(TLanes.Add(first, sum), wideSum), to + (4 * toStep));
        TLanes.Store(last, to + (5 * toStep));
    }

    // Evaluates the polynomial of the gradients at the points.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ProductGradients(TVector a, TVector b, TVector c, TVector d, float* to, nint toStep)
    {
        TLanes.Store(a, to);
        SumAndDifference.Store<TLanes, TVector>(
            TLanes.MultiplyAdd(c, PSquare, a),
            TLanes.MultiplyAdd(d, P * PSquare, TLanes.Multiply(b, P)), to + toStep, to + (2 * toStep));
        SumAndDifference.Store<TLanes, TVector>(
            TLanes.MultiplyAdd(c, QSquare, a),
            TLanes.MultiplyAdd(d, Q * QSquare, TLanes.Multiply(b, Q)), to + (3 * toStep), to + (4 * toStep));
        TLanes.Store(d, to + (5 * toStep));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Signal(TVector a, TVector b, TVector c, TVector d, TVector e, TVector f, float* to, nint toStep)
    {
        SumAndDifference.Store<TLanes, TVector>(
            TLanes.MultiplyAdd(c, -QSquare, e),
            TLanes.Multiply(TLanes.MultiplyAdd(b, -QSquare, d), P), to + toStep, to + (2 * toStep));
        SumAndDifference.Store<TLanes, TVector>(
            TLanes.MultiplyAdd(c, -PSquare, e),
            TLanes.Multiply(TLanes.MultiplyAdd(b, -PSquare, d), Q), to + (3 * toStep), to + (4 * toStep));
        TLanes.Store(TLanes.MultiplyAdd(a, SquareProduct, TLanes.MultiplyAdd(c, -SquareSum, e)), to);
        TLanes.Store(TLanes.MultiplyAdd(b, SquareProduct, TLanes.MultiplyAdd(d, -SquareSum, f)), to + (5 * toStep));
    }

    // Returns the sums and differences of the products at p and -p, and at q and -q.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Read(
        float* from, nint step, out TVector sum, out TVector difference, out TVector wideSum,
        out TVector wideDifference)
    {
        TVector b = TLanes.Load(from + step), c = TLanes.Load(from + (2 * step));
        TVector d = TLanes.Load(from + (3 * step)), e = TLanes.Load(from + (4 * step));
        (sum, difference) = (TLanes.Add(b, c), TLanes.Subtract(b, c));
        (wideSum, wideDifference) = (TLanes.Add(d, e), TLanes.Subtract(d, e));
    }
}
