using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Activations;

/// <summary>A step: <c>y = 1</c> where <c>x &gt; threshold</c>, else 0. It has no gradient. Works in place.</summary>
[LayerType("Threshold")]
internal sealed class ThresholdLayer(LayerContext context) : ElementwiseLayer<ThresholdLayer.Stair>(context)
{
    /// <inheritdoc/>
    public override bool HasGradient => false;

    /// <inheritdoc/>
    public override bool AllowsInPlace => true;

    /// <inheritdoc/>
    protected override Stair Operation => new(Parameter.ThresholdParam?.Threshold ?? 0);

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms) =>
        RefuseBackward(propagateDown);

    /// <summary>The function.</summary>
    /// <param name="Threshold">The largest x that gives 0.</param>
    public readonly record struct Stair(float Threshold) : IUnaryOperation
    {
        /// <inheritdoc/>
        public float Forward(float x) => x > Threshold ? 1 : 0;

        /// <inheritdoc/>
        public Vector512<float> Forward(Vector512<float> x) =>
            Vector512.GreaterThan(x, Vector512.Create(Threshold)) & Vector512<float>.One;

        /// <inheritdoc/>
        public float Backward(float x, float y, float dy) => 0;

        /// <inheritdoc/>
        public Vector512<float> Backward(Vector512<float> x, Vector512<float> y, Vector512<float> dy) =>
            Vector512<float>.Zero;
    }
}
