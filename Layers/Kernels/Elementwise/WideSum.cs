using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary>A sum of floats in sixteen doubles, so that long sums lose nothing that is visible in a float.</summary>
internal struct WideSum
{
    private Vector512<double> low;
    private Vector512<double> high;

    /// <summary>The sum so far; the order of its additions is fixed.</summary>
    public readonly double Total => Vector512.Sum(low + high);

    /// <summary>Adds sixteen values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(Vector512<float> values)
    {
        var (lower, upper) = Vector512.Widen(values);
        low += lower;
        high += upper;
    }

    /// <summary>Adds the squares of sixteen values; the squares are exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddSquares(Vector512<float> values)
    {
        var (lower, upper) = Vector512.Widen(values);
        low += lower * lower;
        high += upper * upper;
    }
}
