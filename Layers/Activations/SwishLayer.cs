using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Activations;

/// <summary>
/// Swish (Ramachandran, Zoph and Le 2017): <c>y = x sigmoid(beta x)</c>, with a beta that is not learned. In place it
/// keeps a copy of x.
/// </summary>
[LayerType("Swish")]
internal sealed class SwishLayer(LayerContext context) : ElementwiseLayer<SwishLayer.Gate>(context)
{
    /// <inheritdoc/>
    public override bool AllowsInPlace => true;

    /// <inheritdoc/>
    public override bool NeedsTopValues => true;

    /// <inheritdoc/>
    protected override bool NeedsInput => true;

    /// <inheritdoc/>
    protected override Gate Operation => new(Parameter.SwishParam?.Beta ?? 1);

    /// <summary>The function.</summary>
    /// <param name="Beta">The factor of x in the gate.</param>
    public readonly record struct Gate(float Beta) : IUnaryOperation
    {
        /// <inheritdoc/>
        public float Forward(float x) => x * ((0.5f * MathF.Tanh(0.5f * Beta * x)) + 0.5f);

        /// <inheritdoc/>
        public Vector512<float> Forward(Vector512<float> x) =>
            x * VectorMath.Sigmoid(x * Beta);

        /// <inheritdoc/>
        public float Backward(float x, float y, float dy) =>
            dy * Slope((0.5f * MathF.Tanh(0.5f * Beta * x)) + 0.5f, Beta * y);

        /// <inheritdoc/>
        public Vector512<float> Backward(Vector512<float> x, Vector512<float> y, Vector512<float> dy) =>
            dy * Slope(VectorMath.Sigmoid(x * Beta), y * Beta);

        private static float Slope(float gate, float by) => by + (gate * (1 - by));

        private static Vector512<float> Slope(Vector512<float> gate, Vector512<float> by) =>
            by + (gate * (Vector512<float>.One - by));
    }
}
