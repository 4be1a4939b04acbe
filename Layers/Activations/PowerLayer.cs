using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Proto;

namespace Cnn.Layers.Activations;

/// <summary>
/// <c>y = (shift + scale x)^power</c>. Where power or scale is 0 the top is constant (1, or shift^power) and the
/// gradient 0; with a shift of 0 the gradient is <c>power y / x</c>, which is not a number at 0. In place it keeps a
/// copy of x.
/// </summary>
[LayerType("Power")]
internal sealed class PowerLayer(LayerContext context) : ElementwiseLayer<PowerLayer.Raise>(context)
{
    private readonly PowerParameter options = context.Parameter.PowerParam ?? new PowerParameter();

    /// <inheritdoc/>
    public override bool AllowsInPlace => true;

    /// <inheritdoc/>
    public override bool NeedsTopValues => options.Power is not (1 or 2);

    /// <inheritdoc/>
    protected override bool NeedsInput => options.Power != 1;

    /// <inheritdoc/>
    protected override Raise Operation => new(options.Power, options.Scale, options.Shift);

    /// <summary>The function.</summary>
    /// <param name="Power">The exponent.</param>
    /// <param name="Scale">The factor of x.</param>
    /// <param name="Shift">The constant added to it.</param>
    public readonly record struct Raise(float Power, float Scale, float Shift) : IUnaryOperation
    {
        private bool IsConstant => Power * Scale == 0;

        private float Constant => Power == 0 ? 1 : MathF.Pow(Shift, Power);

        /// <inheritdoc/>
        public float Forward(float x)
        {
            float b = Shift + (Scale * x);
            return IsConstant ? Constant : Power == 1 ? b : Power == 2 ? b * b : MathF.Pow(b, Power);
        }

        /// <inheritdoc/>
        public Vector512<float> Forward(Vector512<float> x)
        {
            Vector512<float> b = Vector512.Create(Shift) + (x * Scale);
            return IsConstant ? Vector512.Create(Constant)
                : Power == 1 ? b
                : Power == 2 ? b * b
                : VectorMath.Pow(b, Power);
        }

        /// <inheritdoc/>
        public float Backward(float x, float y, float dy) =>
            IsConstant ? 0
            : Power == 1 ? dy * Scale
            : Power == 2 ? dy * (2 * Scale) * (Shift + (Scale * x))
            : Shift == 0 ? dy * (Power * y / x)
            : dy * (Power * Scale * y / (Shift + (Scale * x)));

        /// <inheritdoc/>
        public Vector512<float> Backward(Vector512<float> x, Vector512<float> y, Vector512<float> dy) =>
            IsConstant ? Vector512<float>.Zero
            : Power == 1 ? dy * Scale
            : Power == 2 ? dy * (2 * Scale) * (Vector512.Create(Shift) + (x * Scale))
            : Shift == 0 ? dy * (y * Power / x)
            : dy * (y * (Power * Scale) / (Vector512.Create(Shift) + (x * Scale)));
    }
}
