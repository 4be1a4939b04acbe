using Cnn.Layers.Kernels.Permute;
using Cnn.Proto;

namespace Cnn.Layers.Common;

/// <summary>
/// Puts the axes into another order: axis i of the top is axis <c>order[i]</c> of the bottom; axes that <c>order</c>
/// does not name follow in theirs. The gradient takes the way back. Where all axes stay in place, the top shares the
/// bottom's memory. From SSD's fork of Caffe (Liu et al., "SSD: Single shot multibox detector", ECCV 2016).
/// </summary>
[LayerType("Permute")]
internal sealed unsafe class PermuteLayer(LayerContext context) : Layer(context)
{
    private readonly PermuteParameter options = context.Parameter.PermuteParam ?? new PermuteParameter();
    private readonly AxisOrder forward = new(Blob.MaxAxes);
    private readonly AxisOrder backward = new(Blob.MaxAxes);
    private bool isNatural;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Span<int> buffer = stackalloc int[3 * Blob.MaxAxes];
        int axes = bottoms[0].AxisCount;
        Span<int> order = buffer[..axes];
        Span<int> inverse = buffer.Slice(Blob.MaxAxes, axes), shape = buffer.Slice(2 * Blob.MaxAxes, axes);
        ReadOrder(bottoms[0], order, inverse);
        isNatural = true;
        for (int i = 0; i < axes; i++)
        {
            isNatural &= order[i] == i;
            shape[i] = bottoms[0].Dim(order[i]);
        }

        tops[0].Reshape(shape);
        if (isNatural)
        {
            tops[0].ShareData(bottoms[0]);
            tops[0].ShareDiff(bottoms[0]);
            return;
        }

        forward.Set(bottoms[0].Shape, order);
        backward.Set(shape, inverse);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (!isNatural)
        {
            PermuteKernel.Run(bottoms[0].DataPointer, tops[0].DataPointer, forward, Context.Pool);
        }
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (!isNatural && propagateDown[0])
        {
            PermuteKernel.Run(tops[0].DiffPointer, bottoms[0].DiffPointer, backward, Context.Pool);
        }
    }

    /// <inheritdoc/>
    public override LayerCost Cost(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) => new(0, 0, isNatural);

    private void ReadOrder(Blob bottom, Span<int> order, Span<int> inverse)
    {
        inverse.Fill(-1);
        int count = 0;
        for (int i = 0; i < options.Order.Count; i++)
        {
            uint axis = options.Order[i];
            if (axis >= bottom.AxisCount || inverse[(int)axis] >= 0)
            {
                throw Context.Error(
                    options,
                    PermuteParameter.OrderFieldNumber,
                    axis < bottom.AxisCount
                        ? $"order names axis {axis} twice"
                        : $"order names axis {axis}, which bottom '{Parameter.Bottom[0]}' of shape {bottom.ShapeText} "
                        + "does not have",
                    $"name each of the axes 0 to {bottom.AxisCount - 1} at most once");
            }

            inverse[(int)axis] = count;
            order[count++] = (int)axis;
        }

        for (int axis = 0; axis < order.Length; axis++)
        {
            if (inverse[axis] < 0)
            {
                inverse[axis] = count;
                order[count++] = axis;
            }
        }
    }
}
