using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Proto;

namespace Cnn.Layers.Activations;

/// <summary>
/// <c>y = base^(shift + scale x)</c>, <c>dx = dy y scale ln(base)</c>; a base of -1, the default, stands for e. Works
/// in place.
/// </summary>
[LayerType("Exp")]
internal sealed class ExpLayer(LayerContext context) : ElementwiseLayer<ExpLayer.Exponential>(context)
{
    private readonly Exponential exponential = Read(context);

    /// <inheritdoc/>
    public override bool AllowsInPlace => true;

    /// <inheritdoc/>
    public override bool NeedsTopValues => true;

    /// <inheritdoc/>
    protected override Exponential Operation => exponential;

    private static Exponential Read(LayerContext context)
    {
        ExpParameter options = context.Parameter.ExpParam ?? new ExpParameter();
        double log = LogarithmBase.NaturalLogarithm(context, options, ExpParameter.BaseFieldNumber, options.Base);
        return new Exponential((float)(log * options.Scale), (float)Math.Exp(log * options.Shift));
    }

    /// <summary>The function <c>factor e^(rate x)</c>.</summary>
    /// <param name="Rate">scale ln(base).</param>
    /// <param name="Factor">base^shift.</param>
    public readonly record struct Exponential(float Rate, float Factor) : IUnaryOperation
    {
        /// <inheritdoc/>
        public float Forward(float x) => Factor * MathF.Exp(Rate * x);

        /// <inheritdoc/>
        public Vector512<float> Forward(Vector512<float> x) => ExpMath.Exp(x * Rate) * Factor;

        /// <inheritdoc/>
        public float Backward(float x, float y, float dy) => dy * y * Rate;

        /// <inheritdoc/>
        public Vector512<float> Backward(Vector512<float> x, Vector512<float> y, Vector512<float> dy) => dy * y * Rate;
    }
}
