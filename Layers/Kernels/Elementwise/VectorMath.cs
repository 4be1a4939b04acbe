using System.Runtime.Intrinsics;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary>Functions of sixteen floats that the runtime does not have.</summary>
internal static class VectorMath
{
    /// <summary>
    /// Computes tanh as <c>1 - 2 / (e^2|x| + 1)</c> with the sign of x and, near 0, where that cancels, by the first
    /// terms of its series; within 2e-7 of the exact value everywhere.
    /// </summary>
    public static Vector512<float> Tanh(Vector512<float> x)
    {
        Vector512<float> one = Vector512<float>.One;
        Vector512<float> magnitude = Vector512.Min(Vector512.Abs(x), Vector512.Create(10f));
        Vector512<float> large = one - (Vector512.Create(2f) / (ExpMath.Exp(magnitude + magnitude) + one));
        Vector512<float> s = x * x;
        Vector512<float> small = magnitude * (one + (s * (Vector512.Create(-1f / 3) + (s * (Vector512.Create(2f / 15)
            + (s * (Vector512.Create(-17f / 315) + (s * Vector512.Create(62f / 2835)))))))));
        Vector512<float> result = Vector512.ConditionalSelect(
            Vector512.LessThan(magnitude, Vector512.Create(0.25f)), small, large);
        Vector512<float> signed = Vector512.CopySign(result, x);
        return Vector512.ConditionalSelect(Vector512.Equals(x, x), signed, x);
    }

    /// <summary>Computes the logistic function as Caffe does: <c>tanh(x / 2) / 2 + 1 / 2</c>.</summary>
    public static Vector512<float> Sigmoid(Vector512<float> x)
    {
        Vector512<float> half = Vector512.Create(0.5f);
        return (half * Tanh(half * x)) + half;
    }

    /// <summary>
    /// Raises x to a power that all lanes share: <c>e^(power ln|x|)</c> in double precision; negative where x is
    /// negative and the power is an odd integer, NaN where x is negative and the power is not an integer.
    /// </summary>
    public static Vector512<float> Pow(Vector512<float> x, float power)
    {
        if (power == 0.5f)
        {
            return Vector512.Sqrt(x + Vector512<float>.Zero);
        }

        Vector512<float> magnitude = Vector512.Abs(x);
        var (low, high) = Vector512.Widen(magnitude);
        Vector512<float> result = Vector512.Narrow(
            Vector512.Exp(Vector512.Log(low) * power), Vector512.Exp(Vector512.Log(high) * power));
        if (power == MathF.Floor(power))
        {
            return power % 2 == 0 ? result : Vector512.CopySign(result, x);
        }

        return Vector512.ConditionalSelect(
            Vector512.LessThan(x, Vector512<float>.Zero), Vector512.Create(float.NaN), result);
    }
}
