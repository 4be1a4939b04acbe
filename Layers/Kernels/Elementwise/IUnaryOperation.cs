using System.Runtime.Intrinsics;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary>
/// A function of one value and its derivative, for one value and for sixteen. A struct, so that the loops over it are
/// compiled for it. Kernels use the form for sixteen alone; the scalar form is the specification, and the two agree to
/// the tolerance that the tests name.
/// </summary>
internal interface IUnaryOperation
{
    /// <summary><c>y = f(x)</c>.</summary>
    float Forward(float x);

    /// <summary>The same for sixteen values.</summary>
    Vector512<float> Forward(Vector512<float> x);

    /// <summary>
    /// <c>dx = dy * f'(x)</c>. In place x is not kept and holds y, so an operation that allows it uses y alone, or what
    /// y tells of x.
    /// </summary>
    float Backward(float x, float y, float dy);

    /// <summary>The same for sixteen values.</summary>
    Vector512<float> Backward(Vector512<float> x, Vector512<float> y, Vector512<float> dy);
}
