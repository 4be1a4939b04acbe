using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Activations;

/// <summary>
/// The binomial normal log likelihood, now known as softplus: <c>y = log(1 + e^x)</c>,
/// <c>dx = dy e^x / (e^x + 1)</c>. In place it keeps a copy of x.
/// </summary>
[LayerType("BNLL")]
internal sealed class BNLLLayer(LayerContext context) : ElementwiseLayer<BNLLLayer.Softplus>(context)
{
    /// <inheritdoc/>
    public override bool AllowsInPlace => true;

    /// <inheritdoc/>
    protected override bool NeedsInput => true;

    /// <inheritdoc/>
    protected override Softplus Operation => default;

    /// <summary>The function.</summary>
    public readonly record struct Softplus : IUnaryOperation
    {
        /// <inheritdoc/>
        public float Forward(float x) => MathF.Max(x, 0) + MathF.Log(1 + MathF.Exp(-MathF.Abs(x)));

        /// <inheritdoc/>
        public Vector512<float> Forward(Vector512<float> x) =>
            Vector512.Max(x, Vector512<float>.Zero) + ExpMath.LogOnePlus(ExpMath.Exp(-Vector512.Abs(x)));

        /// <inheritdoc/>
        public float Backward(float x, float y, float dy) => dy * Slope(MathF.Exp(MathF.Min(x, 50)));

        /// <inheritdoc/>
        public Vector512<float> Backward(Vector512<float> x, Vector512<float> y, Vector512<float> dy) =>
            dy * Slope(ExpMath.Exp(Vector512.Min(x, Vector512.Create(50f))));

        private static float Slope(float e) => e / (e + 1);

        private static Vector512<float> Slope(Vector512<float> e) => e / (e + Vector512<float>.One);
    }
}
