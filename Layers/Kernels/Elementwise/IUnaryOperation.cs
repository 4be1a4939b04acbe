using System.Runtime.Intrinsics;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary>
/// A function of one value and its derivative, for one value and for sixteen. Implementations are structs, so that
/// loops are compiled for each of them. Kernels use only the form for sixteen; the scalar form is the specification,
/// and the two agree within the tolerance that the tests state.
/// </summary>
internal interface IUnaryOperation
{
    /// <summary>Computes <c>y = f(x)</c>.</summary>
    float Forward(float x);

    /// <summary>Computes the same for sixteen values.</summary>
    Vector512<float> Forward(Vector512<float> x);

    /// <summary>
    /// Computes <c>dx = dy * f'(x)</c>. In place, y has overwritten x, so an operation that runs in place uses only y,
    /// or what follows from y about x.
    /// </summary>
    float Backward(float x, float y, float dy);

    /// <summary>Computes the same for sixteen values.</summary>
    Vector512<float> Backward(Vector512<float> x, Vector512<float> y, Vector512<float> dy);
}
