using Cnn.Layers.Kernels.Permute;

namespace Cnn.Layers.Common;

/// <summary>
/// The base of layers that put the axes into another order. The gradient takes the way back. Where all axes stay in
/// place, the top shares the bottom's memory.
/// </summary>
internal abstract unsafe class ReorderingLayer(LayerContext context) : Layer(context)
{
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
        ReadOrder(bottoms[0], order);
        isNatural = true;
        for (int i = 0; i < axes; i++)
        {
            isNatural &= order[i] == i;
            inverse[order[i]] = i;
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

    /// <summary>Reads from the definition which of the bottom's axes each axis of the top is.</summary>
    /// <param name="bottom">The bottom.</param>
    /// <param name="order">Receives each of its axes once.</param>
    private protected abstract void ReadOrder(Blob bottom, Span<int> order);
}
