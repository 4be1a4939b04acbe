using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Proto;

namespace Cnn.Layers.Activations;

/// <summary>
/// The hyperbolic tangent, stretched: <c>y = amplitude tanh(slope x)</c>,
/// <c>dx = dy slope (amplitude - y^2 / amplitude)</c>. With the defaults, 1.7159 and 2/3, it is LeNet-5's squashing
/// function (LeCun, Bottou, Bengio and Haffner 1998, appendix A). Works in place. Beyond Caffe.
/// </summary>
[LayerType("ScaledTanH")]
internal sealed class ScaledTanHLayer(LayerContext context) : ElementwiseLayer<ScaledTanHLayer.Stretched>(context)
{
    private readonly Stretched stretched = Read(context);

    /// <inheritdoc/>
    public override bool AllowsInPlace => true;

    /// <inheritdoc/>
    public override bool NeedsTopValues => true;

    /// <inheritdoc/>
    protected override Stretched Operation => stretched;

    /// <summary>The function.</summary>
    /// <param name="Amplitude">The limit for large x.</param>
    /// <param name="Slope">The factor of x.</param>
    public readonly record struct Stretched(float Amplitude, float Slope) : IUnaryOperation
    {
        /// <inheritdoc/>
        public float Forward(float x) => Amplitude * MathF.Tanh(Slope * x);

        /// <inheritdoc/>
        public Vector512<float> Forward(Vector512<float> x) =>
            VectorMath.Tanh(x * Slope) * Amplitude;

        /// <inheritdoc/>
        public float Backward(float x, float y, float dy) => dy * Slope * (Amplitude - (y * y / Amplitude));

        /// <inheritdoc/>
        public Vector512<float> Backward(Vector512<float> x, Vector512<float> y, Vector512<float> dy) =>
            dy * Slope * (Vector512.Create(Amplitude) - (y * y / Amplitude));
    }

    private static Stretched Read(LayerContext context)
    {
        ScaledTanHParameter options = context.Parameter.ScaledTanhParam ?? new ScaledTanHParameter();
        return options.Amplitude != 0
            ? new Stretched(options.Amplitude, options.Slope)
            : throw context.Error(
                options, ScaledTanHParameter.AmplitudeFieldNumber, "amplitude is 0", "the top would be 0 for every x");
    }
}
