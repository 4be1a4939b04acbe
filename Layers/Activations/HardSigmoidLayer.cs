using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Activations;

/// <summary>
/// The sigmoid of straight lines: <c>y = min(max(alpha x + beta, 0), 1)</c>. The gradient is alpha strictly between 0
/// and 1. Works in place.
/// </summary>
[LayerType("HardSigmoid")]
internal sealed class HardSigmoidLayer(LayerContext context) : ElementwiseLayer<HardSigmoidLayer.Ramp>(context)
{
    /// <inheritdoc/>
    public override bool AllowsInPlace => true;

    /// <inheritdoc/>
    public override bool NeedsTopValues => true;

    /// <inheritdoc/>
    protected override Ramp Operation =>
        new(Parameter.HardSigmoidParam?.Alpha ?? 0.2f, Parameter.HardSigmoidParam?.Beta ?? 0.5f);

    /// <summary>The function.</summary>
    /// <param name="Alpha">The slope.</param>
    /// <param name="Beta">The value at 0.</param>
    public readonly record struct Ramp(float Alpha, float Beta) : IUnaryOperation
    {
        /// <inheritdoc/>
        public float Forward(float x) => MathF.Min(MathF.Max((Alpha * x) + Beta, 0), 1);

        /// <inheritdoc/>
        public Vector512<float> Forward(Vector512<float> x) => Vector512.Min(
            Vector512.Max((x * Alpha) + Vector512.Create(Beta), Vector512<float>.Zero), Vector512<float>.One);

        /// <inheritdoc/>
        public float Backward(float x, float y, float dy) => y > 0 && y < 1 ? Alpha * dy : 0;

        /// <inheritdoc/>
        public Vector512<float> Backward(Vector512<float> x, Vector512<float> y, Vector512<float> dy) =>
            dy * Alpha & Vector512.GreaterThan(y, Vector512<float>.Zero) & Vector512.LessThan(y, Vector512<float>.One);
    }
}
