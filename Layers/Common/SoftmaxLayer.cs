using Cnn.Layers.Kernels.Softmax;

namespace Cnn.Layers.Common;

/// <summary>
/// Softmax along <c>softmax_param.axis</c> (1): <c>y_i = e^(x_i) / sum_j e^(x_j)</c>, positive values that add up to 1.
/// One bottom, one top of the same shape. Works in place.
/// </summary>
[LayerType("Softmax")]
internal sealed unsafe class SoftmaxLayer(LayerContext context) : Layer(context)
{
    private int axis;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override bool AllowsInPlace => true;

    /// <inheritdoc/>
    public override bool NeedsTopValues => true;

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        axis = CanonicalAxis(bottoms[0], Parameter.SoftmaxParam?.Axis ?? 1, "softmax axis");
        tops[0].ReshapeLike(bottoms[0]);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) => SoftmaxKernel.Forward(
        bottoms[0].DataPointer,
        tops[0].DataPointer,
        bottoms[0].CountOf(0, axis),
        bottoms[0].Dim(axis),
        bottoms[0].CountOf(axis + 1),
        Context.Pool);

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (propagateDown[0])
        {
            SoftmaxKernel.Backward(
                tops[0].DataPointer,
                tops[0].DiffPointer,
                bottoms[0].DiffPointer,
                bottoms[0].CountOf(0, axis),
                bottoms[0].Dim(axis),
                bottoms[0].CountOf(axis + 1),
                Context.Pool);
        }
    }
}
