using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Plugins;

/// <summary>The exponential of the first operand.</summary>
internal readonly record struct ExpOfFirst : IBinaryOperation
{
    /// <inheritdoc/>
    public Vector512<float> Compute(Vector512<float> a, Vector512<float> b) => ExpMath.Exp(a);
}

/// <summary>The natural logarithm of the first operand.</summary>
internal readonly record struct LogOfFirst : IBinaryOperation
{
    /// <inheritdoc/>
    public Vector512<float> Compute(Vector512<float> a, Vector512<float> b) => Vector512.Log(a);
}

/// <summary>The hyperbolic tangent of the first operand.</summary>
internal readonly record struct TanhOfFirst : IBinaryOperation
{
    /// <inheritdoc/>
    public Vector512<float> Compute(Vector512<float> a, Vector512<float> b) => VectorMath.Tanh(a);
}

/// <summary>The logistic function of the first operand.</summary>
internal readonly record struct SigmoidOfFirst : IBinaryOperation
{
    /// <inheritdoc/>
    public Vector512<float> Compute(Vector512<float> a, Vector512<float> b) => VectorMath.Sigmoid(a);
}

/// <summary>The first operand to a power.</summary>
/// <param name="Power">The power.</param>
internal readonly record struct PowerOfFirst(float Power) : IBinaryOperation
{
    /// <inheritdoc/>
    public Vector512<float> Compute(Vector512<float> a, Vector512<float> b) => VectorMath.Pow(a, Power);
}
