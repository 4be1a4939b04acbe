namespace Cnn.Layers.Common;

/// <summary>
/// Keeps the items (axis 0) of each bottom but the last whose value in the last bottom, the selector [N, 1...], is not 0, in
/// their order; tops have as many items as are kept. The gradient of the others is 0; the selector has none.
/// </summary>
[LayerType("Filter")]
public sealed class FilterLayer(LayerContext context) : Layer(context)
{
    private readonly List<int> kept = [];
    private bool isShaped;

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
                $"there are {tops.Count} tops for {bottoms.Count} bottoms", "every bottom but the last, the selector, needs a top");
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

        // A data layer's values are not there before its first pass: then all are kept.
        kept.Clear();
        for (int item = 0; item < selector.Dim(0); item++)
        {
            if (!isShaped || selector.Data[item] != 0)
            {
                kept.Add(item);
            }
        }

        isShaped = true;
        Span<int> room = stackalloc int[Blob.MaxAxes];
        for (int i = 0; i < tops.Count; i++)
        {
            Span<int> shape = room[..bottoms[i].AxisCount];
            bottoms[i].Shape.CopyTo(shape);
            shape[0] = kept.Count;
            tops[i].Reshape(shape);
        }
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        for (int i = 0; i < tops.Count; i++)
        {
            int length = bottoms[i].CountOf(1);
            for (int j = 0; j < kept.Count; j++)
            {
                bottoms[i].Data.Slice(kept[j] * length, length).CopyTo(tops[i].Data[(j * length)..]);
            }
        }
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (propagateDown[bottoms.Count - 1])
        {
            throw Context.Error(
                $"a Filter layer has no gradient for its bottom {bottoms.Count - 1} ('{Parameter.Bottom[bottoms.Count - 1]}')");
        }

        for (int i = 0; i < tops.Count; i++)
        {
            if (!propagateDown[i])
            {
                continue;
            }

            int length = bottoms[i].CountOf(1);
            bottoms[i].Diff.Clear();
            for (int j = 0; j < kept.Count; j++)
            {
                tops[i].Diff.Slice(j * length, length).CopyTo(bottoms[i].Diff[(kept[j] * length)..]);
            }
        }
    }
}
