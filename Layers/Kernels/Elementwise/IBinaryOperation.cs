using System.Runtime.Intrinsics;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary>
/// A function of two values, for sixteen pairs. A struct, so that the loops over it are compiled for it.
/// </summary>
internal interface IBinaryOperation
{
    /// <summary><c>f(a, b)</c> for each pair.</summary>
    Vector512<float> Compute(Vector512<float> a, Vector512<float> b);
}
