using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Proto;

namespace Cnn.Layers.Activations;

/// <summary>
/// The rectifier: <c>y = max(x, 0) + negative_slope * min(x, 0)</c>. At 0 the gradient is that of the negative side.
/// Works in place: with a slope of 0 or more, y tells whether x is above 0.
/// </summary>
/// <remarks>
/// Of Synopsys's Caffe: <c>relu6</c> cuts y off at 6, <c>maximum</c> above 0 at that number, <c>minimum</c> other than
/// 0 from below; then what is not a number becomes 0, and the gradient is 0 where y is cut off. The first value of a
/// second bottom takes the place of <c>maximum</c> and has no gradient.
/// </remarks>
[LayerType("ReLU")]
internal sealed unsafe class ReLULayer(LayerContext context)
    : ElementwiseLayer<ReLULayer.Rectifier>(context), IRectifier
{
    private readonly ReLUParameter options = context.Parameter.ReluParam ?? new ReLUParameter();
    private readonly float slope = context.Parameter.ReluParam?.NegativeSlope ?? 0;
    private bool inPlace;
    private bool keepsInput;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Between(1, 2);

    /// <inheritdoc/>
    public bool IsRectifier => !HasLimits && !keepsInput;

    /// <inheritdoc/>
    public float NegativeSlope => slope;

    /// <inheritdoc/>
    public override bool AllowsInPlace => true;

    /// <inheritdoc/>
    public override string? InPlaceGradientProblem => slope < 0 ? $"negative_slope is {slope}" : null;

    /// <inheritdoc/>
    protected override bool NeedsInput => keepsInput;

    /// <inheritdoc/>
    protected override Rectifier Operation => new(slope);

    private bool HasLimits =>
        options.Relu6 || options.Maximum > 0 || options.Minimum != 0 || Parameter.Bottom.Count > 1;

    /// <inheritdoc/>
    public override bool AllowsForceBackward(int bottom) => bottom == 0;

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        base.Reshape(bottoms, tops);
        inPlace = bottoms[0] == tops[0];
        if (bottoms.Count > 1 && bottoms[1].Count == 0)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[1]}' has shape {bottoms[1].ShapeText}, which holds no maximum");
        }
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (!HasLimits)
        {
            base.Forward(bottoms, tops);
            return;
        }

        KeepInput(bottoms);
        UnaryKernel.Forward(
            Limits(bottoms), bottoms[0].DataPointer, tops[0].DataPointer, bottoms[0].Count, Context.Pool);
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (!HasLimits)
        {
            base.Backward(tops, propagateDown, bottoms);
            return;
        }

        if (propagateDown.Count > 1 && propagateDown[1])
        {
            throw Context.Error($"a ReLU layer has no gradient for its bottom 1 ('{Parameter.Bottom[1]}')");
        }

        if (propagateDown[0])
        {
            UnaryKernel.Backward(
                Limits(bottoms),
                InputOf(bottoms).DataPointer,
                tops[0].DataPointer,
                tops[0].DiffPointer,
                bottoms[0].DiffPointer,
                bottoms[0].Count,
                Context.Pool);
        }
    }

    // Dropout leaves the sign of a value, or takes its gradient away as well.
    internal override void KeepFrom(Layer changer) => keepsInput |= HasLimits || changer is not DropoutLayer;

    private LimitedRectifier Limits(IReadOnlyList<Blob> bottoms)
    {
        float maximum = bottoms.Count > 1 ? bottoms[1].Data[0] : options.Maximum;
        float most = maximum > 0 ? maximum : float.PositiveInfinity;
        return new LimitedRectifier(
            slope,
            options.Minimum == 0 ? float.NegativeInfinity : options.Minimum,
            options.Relu6 ? Math.Min(6, most) : most,
            inPlace && !keepsInput,
            ClearsNaN: true);
    }

    /// <summary>The function. Adding 0 makes a negative zero a zero, as the sum of the formula does.</summary>
    /// <param name="Slope">The slope below 0.</param>
    public readonly record struct Rectifier(float Slope) : IUnaryOperation
    {
        /// <inheritdoc/>
        public float Forward(float x) => (x > 0 ? x : Slope * x) + 0f;

        /// <inheritdoc/>
        public Vector512<float> Forward(Vector512<float> x) =>
            Vector512.ConditionalSelect(Vector512.GreaterThan(x, Vector512<float>.Zero), x, x * Slope)
            + Vector512<float>.Zero;

        /// <inheritdoc/>
        public float Backward(float x, float y, float dy) => x > 0 ? dy : Slope * dy;

        /// <inheritdoc/>
        public Vector512<float> Backward(Vector512<float> x, Vector512<float> y, Vector512<float> dy) =>
            Vector512.ConditionalSelect(Vector512.GreaterThan(x, Vector512<float>.Zero), dy, dy * Slope);
    }
}
