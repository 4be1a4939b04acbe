using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Proto;

namespace Cnn.Layers.Activations;

/// <summary>
/// Clips values to an interval: <c>y = min(max(x, min), max)</c>; the gradient passes where min &lt;= x &lt;= max. In
/// place it keeps a copy of x.
/// </summary>
[LayerType("Clip")]
internal sealed class ClipLayer(LayerContext context) : ElementwiseLayer<ClipLayer.Bounds>(context)
{
    private readonly Bounds bounds = Read(context);

    /// <inheritdoc/>
    public override bool AllowsInPlace => true;

    /// <inheritdoc/>
    protected override bool NeedsInput => true;

    /// <inheritdoc/>
    protected override Bounds Operation => bounds;

    /// <summary>The function.</summary>
    /// <param name="Min">The lower bound.</param>
    /// <param name="Max">The upper bound.</param>
    public readonly record struct Bounds(float Min, float Max) : IUnaryOperation
    {
        /// <inheritdoc/>
        public float Forward(float x) => MathF.Min(MathF.Max(x, Min), Max);

        /// <inheritdoc/>
        public Vector512<float> Forward(Vector512<float> x) =>
            Vector512.Min(Vector512.Max(x, Vector512.Create(Min)), Vector512.Create(Max));

        /// <inheritdoc/>
        public float Backward(float x, float y, float dy) => x >= Min && x <= Max ? dy : 0;

        /// <inheritdoc/>
        public Vector512<float> Backward(Vector512<float> x, Vector512<float> y, Vector512<float> dy) =>
            Vector512.ConditionalSelect(
                Vector512.GreaterThanOrEqual(x, Vector512.Create(Min))
                & Vector512.LessThanOrEqual(x, Vector512.Create(Max)),
                dy,
                Vector512<float>.Zero);
    }

    private static Bounds Read(LayerContext context)
    {
        ClipParameter? options = context.Parameter.ClipParam;
        if (options is not { HasMin: true, HasMax: true })
        {
            string missing = options is { HasMin: true } ? "max" : options is { HasMax: true } ? "min" : "min and max";
            throw context.Error($"clip_param lacks {missing}", "Clip needs both: clip_param { min: 0 max: 1 }");
        }

        return new Bounds(options.Min, options.Max);
    }
}
