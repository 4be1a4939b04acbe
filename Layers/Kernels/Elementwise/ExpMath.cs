using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary>
/// The exponential of sixteen floats and functions built on it, in single precision throughout: the runtime's version
/// converts to doubles and takes about four times as long.
/// </summary>
internal static class ExpMath
{
    /// <summary>
    /// Computes e^x within 2e-7 of its value: e^x = 2^n e^r with r at most ln(2) / 2, where ln(2) is subtracted in two
    /// pieces (Cody and Waite, 1980) and e^r is the polynomial of Cephes' expf. The result is 0 and infinity at the
    /// ends of the range, and NaN for NaN.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        // Adding 1.5 * 2^23 rounds to an integer, which is then in the lowest bits.
        Vector512<float> shift = Vector512.Create(12582912f);
        x = Vector512.Min(Vector512.Max(x, Vector512.Create(-104f)), Vector512.Create(89f));
        Vector512<float> shifted = Vector512.MultiplyAddEstimate(x, Vector512.Create(1.44269504f), shift);
        Vector512<float> n = shifted - shift;
        Vector512<int> whole = shifted.AsInt32() - shift.AsInt32();
        Vector512<float> r = Vector512.MultiplyAddEstimate(n, Vector512.Create(-0.693359375f), x);
        r = Vector512.MultiplyAddEstimate(n, Vector512.Create(2.12194440e-4f), r);
        Vector512<float> p = Vector512.MultiplyAddEstimate(
            r, Vector512.Create(1.9875691500e-4f), Vector512.Create(1.3981999507e-3f));
        p = Vector512.MultiplyAddEstimate(r, p, Vector512.Create(8.3334519073e-3f));
        p = Vector512.MultiplyAddEstimate(r, p, Vector512.Create(4.1665795894e-2f));
        p = Vector512.MultiplyAddEstimate(r, p, Vector512.Create(1.6666665459e-1f));
        p = Vector512.MultiplyAddEstimate(r, p, Vector512.Create(5.0000001201e-1f));
        p = Vector512.MultiplyAddEstimate(r * r, p, r) + Vector512<float>.One;

        // Two factors, since 2^n alone may be outside the range of a float.
        Vector512<int> half = Vector512.ShiftRightArithmetic(whole, 1);
        return p * PowerOfTwo(half) * PowerOfTwo(whole - half);
    }

    /// <summary>
    /// Computes log(1 + e) for e from 0 to 1, as 2 atanh(e / (2 + e)) by its series: accurate to nearly the last digit,
    /// for small e too.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LogOnePlus(Vector512<float> e)
    {
        Vector512<float> s = e / (e + Vector512.Create(2f)), z = s * s;
        Vector512<float> sum = Vector512.MultiplyAddEstimate(z, Vector512.Create(1f / 15), Vector512.Create(1f / 13));
        sum = Vector512.MultiplyAddEstimate(z, sum, Vector512.Create(1f / 11));
        sum = Vector512.MultiplyAddEstimate(z, sum, Vector512.Create(1f / 9));
        sum = Vector512.MultiplyAddEstimate(z, sum, Vector512.Create(1f / 7));
        sum = Vector512.MultiplyAddEstimate(z, sum, Vector512.Create(1f / 5));
        sum = Vector512.MultiplyAddEstimate(z, sum, Vector512.Create(1f / 3));
        sum = Vector512.MultiplyAddEstimate(z, sum, Vector512<float>.One);
        return (s + s) * sum;
    }

    /// <summary>
    /// Computes the logistic function, <c>1 / (1 + e^-x)</c>, within 3e-7 of its value, however small that is.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Logistic(Vector512<float> x)
    {
        Vector512<float> e = Exp(-Vector512.Abs(x)), above = Vector512<float>.One / (Vector512<float>.One + e);
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512<float>.Zero), e * above, above);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> PowerOfTwo(Vector512<int> n) =>
        Vector512.ShiftLeft(n + Vector512.Create(127), 23).AsSingle();
}
