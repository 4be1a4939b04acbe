using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Proto;

namespace Cnn.Layers.Activations;

/// <summary>
/// <c>y = ln(shift + scale x) / ln(base)</c>, <c>dx = dy scale / (ln(base) (shift + scale x))</c>; a base of -1, the
/// default, stands for e. In place it keeps a copy of x.
/// </summary>
[LayerType("Log")]
internal sealed class LogLayer(LayerContext context) : ElementwiseLayer<LogLayer.Logarithm>(context)
{
    private readonly Logarithm logarithm = Read(context);

    /// <inheritdoc/>
    public override bool AllowsInPlace => true;

    /// <inheritdoc/>
    protected override bool NeedsInput => true;

    /// <inheritdoc/>
    protected override Logarithm Operation => logarithm;

    private static Logarithm Read(LayerContext context)
    {
        LogParameter options = context.Parameter.LogParam ?? new LogParameter();
        double log = LogarithmBase.NaturalLogarithm(context, options, LogParameter.BaseFieldNumber, options.Base);
        return log != 0
            ? new Logarithm((float)(1 / log), options.Scale, options.Shift)
            : throw context.Error(options, LogParameter.BaseFieldNumber, "base is 1", "it has no logarithm");
    }

    /// <summary>The function.</summary>
    /// <param name="Factor">1 / ln(base).</param>
    /// <param name="Scale">The factor of x.</param>
    /// <param name="Shift">The constant added to it.</param>
    public readonly record struct Logarithm(float Factor, float Scale, float Shift) : IUnaryOperation
    {
        /// <inheritdoc/>
        public float Forward(float x) => Factor * MathF.Log(Shift + (Scale * x));

        /// <inheritdoc/>
        public Vector512<float> Forward(Vector512<float> x) =>
            Vector512.Log(Vector512.Create(Shift) + (x * Scale)) * Factor;

        /// <inheritdoc/>
        public float Backward(float x, float y, float dy) => dy * (Scale * Factor) / (Shift + (Scale * x));

        /// <inheritdoc/>
        public Vector512<float> Backward(Vector512<float> x, Vector512<float> y, Vector512<float> dy) =>
            dy * (Scale * Factor) / (Vector512.Create(Shift) + (x * Scale));
    }
}
