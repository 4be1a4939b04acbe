using System.Runtime.Intrinsics;

namespace Cnn.Layers.Kernels.Gemm;

/// <summary>
/// The operations of one vector width, so that a kernel is written once for every width.
/// </summary>
/// <typeparam name="TVector">The vector type.</typeparam>
internal unsafe interface ILanes<TVector>
    where TVector : struct
{
    /// <summary>Values in a vector.</summary>
    static abstract int Width { get; }

    /// <summary>
    /// Loads the first <paramref name="count"/> values, at most a whole vector; the other lanes are 0.
    /// </summary>
    static abstract TVector Load(float* from, int count);

    /// <summary>Loads a whole vector.</summary>
    static abstract TVector Load(float* from);

    /// <summary>Stores the first <paramref name="count"/> values, at most a whole vector.</summary>
    static abstract void Store(TVector values, float* to, int count);

    /// <summary>Stores a whole vector.</summary>
    static abstract void Store(TVector values, float* to);

    /// <summary>Broadcasts a value to all lanes.</summary>
    static abstract TVector All(float value);

    /// <summary>Computes <c>a b + c</c>, rounded once where the machine has a fused multiply-add.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    /// <summary>Computes <c>a factor + c</c>, rounded once where the machine has a fused multiply-add.</summary>
    static abstract TVector MultiplyAdd(TVector a, float factor, TVector c);

    /// <summary>Computes <c>a factor</c>.</summary>
    static abstract TVector Multiply(TVector a, float factor);

    /// <summary>Computes <c>a + b</c>.</summary>
    static abstract TVector Add(TVector a, TVector b);

    /// <summary>Computes <c>a - b</c>.</summary>
    static abstract TVector Subtract(TVector a, TVector b);

    /// <summary>Returns x above 0 and 0 elsewhere; NaN stays.</summary>
    static abstract TVector Positive(TVector x);

    /// <summary>Returns x above 0 and <c>slope x</c> elsewhere.</summary>
    static abstract TVector Rectify(TVector x, TVector slope);

    /// <summary>Returns x, or the ceiling where x is above it.</summary>
    static abstract TVector Limit(TVector x, TVector ceiling);

    /// <summary>Returns the horizontal sum of each of four vectors.</summary>
    static abstract Vector128<float> Sums(TVector a, TVector b, TVector c, TVector d);
}
