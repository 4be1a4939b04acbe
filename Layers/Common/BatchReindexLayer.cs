using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Common;

/// <summary>
/// Selects items: <c>y[i] = x[index[i]]</c>. The items lie along axis 0 of the first bottom; the second bottom [M]
/// holds their indices. The gradient of an item is the sum over its uses; the indices have none.
/// </summary>
[LayerType("BatchReindex")]
internal sealed unsafe class BatchReindexLayer(LayerContext context) : Layer(context)
{
    private readonly IndexList indices = new();

    /// <inheritdoc/>
    public override bool AllowsForceBackward(int bottom) => bottom != 1;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(2);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (bottoms[0].AxisCount == 0 || bottoms[1].AxisCount != 1)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {bottoms[0].ShapeText}, bottom "
                + $"'{Parameter.Bottom[1]}' {bottoms[1].ShapeText}",
                "the first needs an axis of items, the second is one axis of indices");
        }

        Span<int> shape = stackalloc int[bottoms[0].AxisCount];
        bottoms[0].Shape.CopyTo(shape);
        shape[0] = bottoms[1].Count;
        ShapeTop(tops, 0, shape);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        int* items = indices.Read(Context, 1, bottoms[1], bottoms[0].Dim(0));
        GatherKernel.Gather(
            bottoms[0].DataPointer, items, tops[0].DataPointer, bottoms[0].CountOf(1), bottoms[1].Count, Context.Pool);
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (propagateDown[1])
        {
            throw Context.Error($"a BatchReindex layer has no gradient for its bottom 1 ('{Parameter.Bottom[1]}')");
        }

        if (!propagateDown[0])
        {
            return;
        }

        int* items = indices.Read(Context, 1, bottoms[1], bottoms[0].Dim(0));
        bottoms[0].Diff.Clear();
        GatherKernel.Add(
            tops[0].DiffPointer, items, bottoms[0].DiffPointer, bottoms[0].CountOf(1), bottoms[1].Count, Context.Pool);
    }
}
