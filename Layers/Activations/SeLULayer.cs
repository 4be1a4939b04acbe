using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Activations;

/// <summary>
/// The scaled exponential linear unit: <c>y = lambda x</c> above 0, else <c>lambda alpha (e^x - 1)</c>. With the values
/// unless given, means of 0 and variances of 1 stay so from layer to layer (Klambauer et al., "Self-normalizing neural
/// networks", NIPS 2017). Works in place: with lambda and alpha above 0, y tells whether x is above 0.
/// </summary>
[LayerType("SeLU")]
internal class SeLULayer(LayerContext context) : ElementwiseLayer<SeLULayer.Unit>(context)
{
    // The generated code would round defaults of the schema to six digits.
    private readonly Unit unit = new(
        context.Parameter.SeluParam is { HasLambda: true } slope ? slope.Lambda : 1.050700987f,
        context.Parameter.SeluParam is { HasAlpha: true } limit ? limit.Alpha : 1.67326324f);

    /// <summary>The function with the layer's numbers.</summary>
    public Unit Values => unit;

    /// <inheritdoc/>
    public override bool AllowsInPlace => true;

    /// <inheritdoc/>
    public override string? InPlaceGradientProblem =>
        unit.NeedsInput ? $"lambda is {unit.Lambda}, alpha {unit.Alpha}" : null;

    /// <inheritdoc/>
    public override bool NeedsTopValues => true;

    /// <inheritdoc/>
    protected override Unit Operation => unit;

    /// <summary>The function.</summary>
    /// <param name="Lambda">The slope above 0.</param>
    /// <param name="Alpha">The limit far below 0 over lambda, negated.</param>
    public readonly record struct Unit(float Lambda, float Alpha) : IUnaryOperation
    {
        /// <summary>Whether y does not tell on which side of 0 x is.</summary>
        public bool NeedsInput => !(Lambda > 0 && Alpha >= 0);

        /// <inheritdoc/>
        public float Forward(float x) => x > 0 ? x * Lambda : (MathF.Exp(MathF.Min(x, 0)) - 1) * (Lambda * Alpha);

        /// <inheritdoc/>
        public Vector512<float> Forward(Vector512<float> x) =>
            Vector512.ConditionalSelect(
                Vector512.GreaterThan(x, Vector512<float>.Zero), x * Lambda, Below(x) * (Lambda * Alpha));

        /// <inheritdoc/>
        public float Backward(float x, float y, float dy) =>
            (NeedsInput ? x : y) > 0 ? dy * Lambda : dy * ((Lambda * Alpha) + y);

        /// <inheritdoc/>
        public Vector512<float> Backward(Vector512<float> x, Vector512<float> y, Vector512<float> dy) =>
            Vector512.ConditionalSelect(
                Vector512.GreaterThan(NeedsInput ? x : y, Vector512<float>.Zero),
                dy * Lambda,
                dy * (Vector512.Create(Lambda * Alpha) + y));

        // The exponential of 0 may be off by a bit; y must not be above 0 where x is not.
        private static Vector512<float> Below(Vector512<float> x) => Vector512.Min(
            ExpMath.Exp(Vector512.Min(x, Vector512<float>.Zero)) - Vector512<float>.One, Vector512<float>.Zero);
    }
}
