using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Activations;

/// <summary>The hyperbolic tangent <c>y = tanh(x)</c>, <c>dx = dy (1 - y^2)</c>. Works in place.</summary>
[LayerType("TanH")]
internal sealed class TanHLayer(LayerContext context) : ElementwiseLayer<TanHLayer.Tangent>(context)
{
    /// <inheritdoc/>
    public override bool AllowsInPlace => true;

    /// <inheritdoc/>
    public override bool NeedsTopValues => true;

    /// <inheritdoc/>
    protected override Tangent Operation => default;

    /// <summary>The function.</summary>
    public readonly record struct Tangent : IUnaryOperation
    {
        /// <inheritdoc/>
        public float Forward(float x) => MathF.Tanh(x);

        /// <inheritdoc/>
        public Vector512<float> Forward(Vector512<float> x) => VectorMath.Tanh(x);

        /// <inheritdoc/>
        public float Backward(float x, float y, float dy) => dy * (1 - (y * y));

        /// <inheritdoc/>
        public Vector512<float> Backward(Vector512<float> x, Vector512<float> y, Vector512<float> dy) =>
            dy * (Vector512<float>.One - (y * y));
    }
}
