using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Common;

/// <summary>
/// Gives the bottom several tops: they share its data, and its diff is the sum of theirs. The net inserts this layer
/// where a blob has several readers.
/// </summary>
[LayerType("Split")]
internal sealed unsafe class SplitLayer(LayerContext context) : Layer(context)
{
    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.AtLeast(1);

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        for (int i = 0; i < tops.Count; i++)
        {
            tops[i].ReshapeLike(bottoms[0]);
            tops[i].ShareData(bottoms[0]);
        }
    }

    /// <summary>Does nothing: the tops share the bottom's data.</summary>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
    }

    /// <inheritdoc/>
    public override LayerCost Cost(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) => new(0, 0, IsView: true);

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (!propagateDown[0])
        {
            return;
        }

        int count = bottoms[0].Count;
        float* sum = bottoms[0].DiffPointer;
        if (tops.Count == 1)
        {
            BlockKernel.Copy(tops[0].DiffPointer, sum, count, Context.Pool);
            return;
        }

        EltwiseKernel.Run(
            new WeightedSum(1, 1), tops[0].DiffPointer, tops[1].DiffPointer, sum, count, Context.Pool);
        for (int i = 2; i < tops.Count; i++)
        {
            SumKernel.AddTo(sum, tops[i].DiffPointer, count, Context.Pool);
        }
    }
}
