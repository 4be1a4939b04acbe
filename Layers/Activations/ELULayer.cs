using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Activations;

/// <summary>
/// The exponential linear unit (Clevert, Unterthiner and Hochreiter 2016): <c>y = x</c> above 0, else
/// <c>alpha (e^x - 1)</c>. Works in place: with an alpha of 0 or more, y tells whether x is above 0.
/// </summary>
[LayerType("ELU")]
internal sealed class ELULayer(LayerContext context) : ElementwiseLayer<ELULayer.Unit>(context)
{
    private readonly float alpha = context.Parameter.EluParam?.Alpha ?? 1;

    /// <inheritdoc/>
    public override bool AllowsInPlace => true;

    /// <inheritdoc/>
    public override string? InPlaceGradientProblem => alpha < 0 ? $"alpha is {alpha}" : null;

    /// <inheritdoc/>
    public override bool NeedsTopValues => true;

    /// <inheritdoc/>
    protected override Unit Operation => new(alpha);

    /// <summary>The function.</summary>
    /// <param name="Alpha">The limit far below 0, negated.</param>
    public readonly record struct Unit(float Alpha) : IUnaryOperation
    {
        /// <inheritdoc/>
        public float Forward(float x) => MathF.Max(x, 0) + (Alpha * (MathF.Exp(MathF.Min(x, 0)) - 1));

        /// <inheritdoc/>
        public Vector512<float> Forward(Vector512<float> x) =>
            Vector512.Max(x, Vector512<float>.Zero) + (Below(x) * Alpha);

        /// <inheritdoc/>
        public float Backward(float x, float y, float dy) => (Alpha < 0 ? x : y) > 0 ? dy : dy * (Alpha + y);

        /// <inheritdoc/>
        public Vector512<float> Backward(Vector512<float> x, Vector512<float> y, Vector512<float> dy) =>
            Vector512.ConditionalSelect(
                Vector512.GreaterThan(Alpha < 0 ? x : y, Vector512<float>.Zero),
                dy,
                dy * (Vector512.Create(Alpha) + y));

        // The exponential of 0 may be off by a bit; y must not be above 0 where x is not.
        private static Vector512<float> Below(Vector512<float> x) => Vector512.Min(
            ExpMath.Exp(Vector512.Min(x, Vector512<float>.Zero)) - Vector512<float>.One, Vector512<float>.Zero);
    }
}
