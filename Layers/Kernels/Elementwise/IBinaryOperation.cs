using System.Runtime.Intrinsics;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary>
/// A function of two values, for sixteen pairs. Implementations are structs, so that loops are compiled for each of
/// them.
/// </summary>
internal interface IBinaryOperation
{
    /// <summary>Computes <c>f(a, b)</c> for each pair.</summary>
    Vector512<float> Compute(Vector512<float> a, Vector512<float> b);
}
