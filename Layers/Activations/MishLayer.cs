using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Activations;

/// <summary>
/// Mish (Misra 2019): <c>y = x tanh(ln(1 + e^x))</c>. With <c>n = e^x (e^x + 2)</c> the hyperbolic tangent is
/// <c>n / (n + 2)</c>. In place it keeps a copy of x.
/// </summary>
[LayerType("Mish")]
internal sealed class MishLayer(LayerContext context) : ElementwiseLayer<MishLayer.Gate>(context)
{
    /// <inheritdoc/>
    public override bool AllowsInPlace => true;

    /// <inheritdoc/>
    protected override bool NeedsInput => true;

    /// <inheritdoc/>
    protected override Gate Operation => default;

    /// <summary>The function. From <see cref="Most"/> on the gate is 1.</summary>
    public readonly record struct Gate : IUnaryOperation
    {
        private const float Most = 20;

        /// <inheritdoc/>
        public float Forward(float x)
        {
            float n = Numerator(MathF.Exp(MathF.Min(x, Most)));
            return x * (n / (n + 2));
        }

        /// <inheritdoc/>
        public Vector512<float> Forward(Vector512<float> x)
        {
            Vector512<float> n = Numerator(ExpMath.Exp(Vector512.Min(x, Vector512.Create(Most))));
            return x * (n / (n + Vector512.Create(2f)));
        }

        /// <inheritdoc/>
        public float Backward(float x, float y, float dy)
        {
            // The gate's own slope is (1 - gate^2) sigmoid(x).
            float e = MathF.Exp(MathF.Min(x, Most)), n = Numerator(e), gate = n / (n + 2);
            return dy * (gate + (x * ((1 - gate) * (1 + gate)) * (e / (1 + e))));
        }

        /// <inheritdoc/>
        public Vector512<float> Backward(Vector512<float> x, Vector512<float> y, Vector512<float> dy)
        {
            Vector512<float> one = Vector512<float>.One, e = ExpMath.Exp(Vector512.Min(x, Vector512.Create(Most)));
            Vector512<float> n = Numerator(e), gate = n / (n + Vector512.Create(2f));
            return dy * (gate + (x * ((one - gate) * (one + gate)) * (e / (one + e))));
        }

        private static float Numerator(float e) => e * (e + 2);

        private static Vector512<float> Numerator(Vector512<float> e) => e * (e + Vector512.Create(2f));
    }
}
