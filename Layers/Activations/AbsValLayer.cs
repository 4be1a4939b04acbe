using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Activations;

/// <summary>
/// The magnitude: <c>y = |x|</c>, <c>dx = dy sign(x)</c> with 0 at 0.
/// </summary>
[LayerType("AbsVal")]
internal sealed class AbsValLayer(LayerContext context) : ElementwiseLayer<AbsValLayer.Magnitude>(context)
{
    /// <inheritdoc/>
    protected override Magnitude Operation => default;

    /// <summary>The function.</summary>
    public readonly record struct Magnitude : IUnaryOperation
    {
        /// <inheritdoc/>
        public float Forward(float x) => MathF.Abs(x);

        /// <inheritdoc/>
        public Vector512<float> Forward(Vector512<float> x) =>
            Vector512.Abs(x);

        /// <inheritdoc/>
        public float Backward(float x, float y, float dy) => x > 0 ? dy : x < 0 ? -dy : 0;

        /// <inheritdoc/>
        public Vector512<float> Backward(Vector512<float> x, Vector512<float> y, Vector512<float> dy) =>
            Vector512.AndNot(
                Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512<float>.Zero), -dy, dy),
                Vector512.Equals(x, Vector512<float>.Zero));
    }
}
