using System.Runtime.Intrinsics;

namespace Cnn.Layers.Kernels.Gemm;

/// <summary>
/// The operations of one vector width, so that a kernel that is the same at every width is written once.
/// </summary>
/// <typeparam name="TVector">The vector.</typeparam>
internal unsafe interface ILanes<TVector>
    where TVector : struct
{
    /// <summary>Values in a vector.</summary>
    static abstract int Width { get; }

    /// <summary>The first <paramref name="count"/> values, all when more; zeros beyond.</summary>
    static abstract TVector Load(float* from, int count);

    /// <summary>A whole vector.</summary>
    static abstract TVector Load(float* from);

    /// <summary>Writes the first <paramref name="count"/> values, all when more.</summary>
    static abstract void Store(TVector values, float* to, int count);

    /// <summary>Writes a whole vector.</summary>
    static abstract void Store(TVector values, float* to);

    /// <summary>The same value everywhere.</summary>
    static abstract TVector All(float value);

    /// <summary><c>a b + c</c>, rounded once where the machine can.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    /// <summary><c>a factor + c</c>, rounded once where the machine can.</summary>
    static abstract TVector MultiplyAdd(TVector a, float factor, TVector c);

    /// <summary><c>a factor</c>.</summary>
    static abstract TVector Multiply(TVector a, float factor);

    /// <summary><c>a + b</c>.</summary>
    static abstract TVector Add(TVector a, TVector b);

    /// <summary><c>a - b</c>.</summary>
    static abstract TVector Subtract(TVector a, TVector b);

    /// <summary>The sum of the values of each of four vectors.</summary>
    static abstract Vector128<float> Sums(TVector a, TVector b, TVector c, TVector d);
}
