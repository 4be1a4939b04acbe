using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Activations;

/// <summary>
/// Swish of straight lines (Howard et al., "Searching for MobileNetV3", 2019): <c>y = x min(max(x + 3, 0), 6) / 6</c>.
/// In place it keeps a copy of x.
/// </summary>
[LayerType("HardSwish")]
internal sealed class HardSwishLayer(LayerContext context) : ElementwiseLayer<HardSwishLayer.Gate>(context)
{
    /// <inheritdoc/>
    public override bool AllowsInPlace => true;

    /// <inheritdoc/>
    protected override bool NeedsInput => true;

    /// <inheritdoc/>
    protected override Gate Operation => default;

    /// <summary>The function. The gradient is 0 at -3 and before, 1 at 3 and beyond.</summary>
    public readonly record struct Gate : IUnaryOperation
    {
        /// <inheritdoc/>
        public float Forward(float x) => x * MathF.Min(MathF.Max(x + 3, 0), 6) * (1f / 6);

        /// <inheritdoc/>
        public Vector512<float> Forward(Vector512<float> x) =>
            x * Vector512.Min(
                Vector512.Max(x + Vector512.Create(3f), Vector512<float>.Zero), Vector512.Create(6f)) * (1f / 6);

        /// <inheritdoc/>
        public float Backward(float x, float y, float dy) =>
            x <= -3 ? 0 : x >= 3 ? dy : dy * ((x + x + 3) * (1f / 6));

        /// <inheritdoc/>
        public Vector512<float> Backward(Vector512<float> x, Vector512<float> y, Vector512<float> dy)
        {
            Vector512<float> three = Vector512.Create(3f);
            Vector512<float> slope = Vector512.ConditionalSelect(
                Vector512.GreaterThanOrEqual(x, three), dy, dy * ((x + x + three) * (1f / 6)));
            return Vector512.AndNot(slope, Vector512.LessThanOrEqual(x, -three));
        }
    }
}
