using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Activations;

/// <summary>The logistic function <c>y = 1 / (1 + e^-x)</c>, <c>dx = dy y (1 - y)</c>. Works in place.</summary>
[LayerType("Sigmoid")]
internal sealed class SigmoidLayer(LayerContext context) : ElementwiseLayer<SigmoidLayer.Logistic>(context)
{
    /// <inheritdoc/>
    public override bool AllowsInPlace => true;

    /// <inheritdoc/>
    public override bool NeedsTopValues => true;

    /// <inheritdoc/>
    protected override Logistic Operation => default;

    /// <summary>The function.</summary>
    public readonly record struct Logistic : IUnaryOperation
    {
        /// <inheritdoc/>
        public float Forward(float x) => (0.5f * MathF.Tanh(0.5f * x)) + 0.5f;

        /// <inheritdoc/>
        public Vector512<float> Forward(Vector512<float> x) => VectorMath.Sigmoid(x);

        /// <inheritdoc/>
        public float Backward(float x, float y, float dy) => dy * y * (1 - y);

        /// <inheritdoc/>
        public Vector512<float> Backward(Vector512<float> x, Vector512<float> y, Vector512<float> dy) =>
            dy * y * (Vector512<float>.One - y);
    }
}
