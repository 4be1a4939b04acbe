using System.Runtime.Intrinsics;

namespace Cnn.Layers.Kernels.Broadcast;

/// <summary>
/// A function of two values with its derivatives, for sixteen pairs. Implementations are structs, so that loops are
/// compiled for each of them.
/// </summary>
internal interface IPairOperation
{
    /// <summary>Computes <c>f(a, b)</c> for each pair.</summary>
    Vector512<float> Compute(Vector512<float> a, Vector512<float> b);

    /// <summary>Computes <c>dy df/da</c> for each pair.</summary>
    Vector512<float> First(Vector512<float> a, Vector512<float> b, Vector512<float> dy);

    /// <summary>Computes <c>dy df/db</c> for each pair.</summary>
    Vector512<float> Second(Vector512<float> a, Vector512<float> b, Vector512<float> dy);
}
