using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Activations;

/// <summary>
/// The rectifier: <c>y = max(x, 0) + negative_slope * min(x, 0)</c>. At 0 the gradient is that of the negative side.
/// Works in place: with a slope of 0 or more, y tells whether x is above 0.
/// </summary>
[LayerType("ReLU")]
internal sealed class ReLULayer(LayerContext context) : ElementwiseLayer<ReLULayer.Rectifier>(context), IRectifier
{
    private readonly float slope = context.Parameter.ReluParam?.NegativeSlope ?? 0;

    /// <inheritdoc/>
    public float NegativeSlope => slope;

    /// <inheritdoc/>
    public override bool AllowsInPlace => true;

    /// <inheritdoc/>
    public override string? InPlaceGradientProblem => slope < 0 ? $"negative_slope is {slope}" : null;

    /// <inheritdoc/>
    protected override Rectifier Operation => new(slope);

    /// <summary>The function. Adding 0 makes a negative zero a zero, as the sum of the formula does.</summary>
    /// <param name="Slope">The slope below 0.</param>
    public readonly record struct Rectifier(float Slope) : IUnaryOperation
    {
        /// <inheritdoc/>
        public float Forward(float x) => (x > 0 ? x : Slope * x) + 0f;

        /// <inheritdoc/>
        public Vector512<float> Forward(Vector512<float> x) =>
            Vector512.ConditionalSelect(Vector512.GreaterThan(x, Vector512<float>.Zero), x, x * Slope)
            + Vector512<float>.Zero;

        /// <inheritdoc/>
        public float Backward(float x, float y, float dy) => x > 0 ? dy : Slope * dy;

        /// <inheritdoc/>
        public Vector512<float> Backward(Vector512<float> x, Vector512<float> y, Vector512<float> dy) =>
            Vector512.ConditionalSelect(Vector512.GreaterThan(x, Vector512<float>.Zero), dy, dy * Slope);
    }
}
