using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Common;

/// <summary>
/// Chooses items: <c>y[i] = x[index[i]]</c>, items of axis 0, the second bottom [M] their indices. The gradient of an item is
/// the sum over its uses; the indices have none.
/// </summary>
[LayerType("BatchReindex")]
public sealed unsafe class BatchReindexLayer(LayerContext context) : Layer(context)
{
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
                $"bottom '{Parameter.Bottom[0]}' has shape {bottoms[0].ShapeText}, bottom '{Parameter.Bottom[1]}' {bottoms[1].ShapeText}",
                "the first needs an axis of items, the second is one axis of indices");
        }

        Span<int> shape = stackalloc int[bottoms[0].AxisCount];
        bottoms[0].Shape.CopyTo(shape);
        shape[0] = bottoms[1].Count;
        tops[0].Reshape(shape);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        int length = bottoms[0].CountOf(1);
        ReadOnlySpan<float> x = bottoms[0].Data, indices = bottoms[1].Data;
        Span<float> y = tops[0].Data;
        for (int i = 0; i < indices.Length; i++)
        {
            int item = IndexReader.Read(Context, 1, indices, i, bottoms[0].Dim(0));
            x.Slice(item * length, length).CopyTo(y[(i * length)..]);
        }
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

        int length = bottoms[0].CountOf(1);
        bottoms[0].Diff.Clear();
        for (int i = 0; i < bottoms[1].Count; i++)
        {
            long item = (long)bottoms[1].Data[i];
            BlockKernel.Add(
                tops[0].DiffPointer + ((long)i * length), 0, bottoms[0].DiffPointer + (item * length), 0, length, 1, Context.Pool);
        }
    }
}
