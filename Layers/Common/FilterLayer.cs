using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Common;

/// <summary>
/// Keeps, in order, the items (axis 0) of each bottom but the last whose value in the last bottom, the selector [N,
/// 1...], is not 0; the tops hold the kept items. The gradient of the other items is 0; the selector has no gradient.
/// </summary>
[LayerType("Filter")]
internal sealed unsafe class FilterLayer(LayerContext context) : Layer(context)
{
    private readonly IndexList indices = new();
    private int* kept;
    private int keptCount;
    private bool isShaped;

    /// <inheritdoc/>
    public override bool AllowsForceBackward(int bottom) => bottom != Parameter.Bottom.Count - 1;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.AtLeast(2);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.AtLeast(1);

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (tops.Count != bottoms.Count - 1)
        {
            throw Context.Error(
                $"there are {tops.Count} tops for {bottoms.Count} bottoms",
                "every bottom but the last, the selector, needs a top");
        }
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob selector = bottoms[^1];
        if (selector.AxisCount == 0 || selector.CountOf(1) != 1)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[bottoms.Count - 1]}' has shape {selector.ShapeText}",
                "the selector has one value an item: [N, 1...]");
        }

        for (int i = 0; i < tops.Count; i++)
        {
            if (bottoms[i].AxisCount == 0 || bottoms[i].Dim(0) != selector.Dim(0))
            {
                throw Context.Error(
                    $"bottom '{Parameter.Bottom[i]}' has shape {bottoms[i].ShapeText}, "
                    + $"the selector '{Parameter.Bottom[bottoms.Count - 1]}' {selector.ShapeText}",
                    "they need the same number of items");
            }
        }

        // Before the first pass the values of a data layer are not there yet, so all items are kept.
        ReadOnlySpan<float> chosen = selector.Data;
        kept = indices.Room(chosen.Length);
        keptCount = 0;
        for (int item = 0; item < chosen.Length; item++)
        {
            if (!isShaped || chosen[item] != 0)
            {
                kept[keptCount++] = item;
            }
        }

        isShaped = true;
        Span<int> shapeBuffer = stackalloc int[Blob.MaxAxes];
        for (int i = 0; i < tops.Count; i++)
        {
            Span<int> shape = shapeBuffer[..bottoms[i].AxisCount];
            bottoms[i].Shape.CopyTo(shape);
            shape[0] = keptCount;
            tops[i].Reshape(shape);
        }
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        for (int i = 0; i < tops.Count; i++)
        {
            GatherKernel.Gather(
                bottoms[i].DataPointer, kept, tops[i].DataPointer, bottoms[i].CountOf(1), keptCount, Context.Pool);
        }
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (propagateDown[bottoms.Count - 1])
        {
            throw Context.Error(
                $"a Filter layer has no gradient for its bottom {bottoms.Count - 1} "
                + $"('{Parameter.Bottom[bottoms.Count - 1]}')");
        }

        for (int i = 0; i < tops.Count; i++)
        {
            if (!propagateDown[i])
            {
                continue;
            }

            bottoms[i].Diff.Clear();
            GatherKernel.Add(
                tops[i].DiffPointer, kept, bottoms[i].DiffPointer, bottoms[i].CountOf(1), keptCount, Context.Pool);
        }
    }
}
