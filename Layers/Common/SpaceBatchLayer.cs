using Google.Protobuf;

namespace Cnn.Layers.Common;

/// <summary>
/// The base of the layers that take blocks of positions apart to items and put them together again. With blocks of
/// b1 x ... x bM on the axes 1 to M, "space" is [N, d1, ..., dM, ...] and has a border; "batch" is
/// [b1 ... bM N, D1 / b1, ..., DM / bM, ...] with <c>D = before + d + after</c>, its items in the order
/// (place in the block, item). Both are inverse to each other but for the border, which is 0. (TensorFlow's
/// <c>space_to_batch_nd</c> and <c>batch_to_space_nd</c>, by way of Synopsys' fork of Caffe.)
/// </summary>
internal abstract unsafe class SpaceBatchLayer(LayerContext context) : Layer(context)
{
    private readonly PaddedShape border = new();
    private readonly BlockOrder order = new();

    // The array with its border, where there is one.
    private readonly Blob padded = new();

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <summary>The options and their fields.</summary>
    protected abstract BlockFields Fields { get; }

    /// <summary>Whether the top is the batch.</summary>
    protected abstract bool IsToBatch { get; }

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        BlockFields fields = Fields;
        foreach (uint side in fields.Sides)
        {
            if (side is 0 or > (uint)short.MaxValue)
            {
                throw Context.Error(
                    fields.Options, fields.SidesField, $"block_shape is {side}", $"1 to {short.MaxValue}");
            }
        }

        PaddedShape.Check(
            Context, fields.Options, fields.BorderField, fields.BorderName, fields.Border, fields.Sides.Count);
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        BlockFields fields = Fields;
        int blocks = fields.Sides.Count;
        if (bottoms[0].AxisCount <= blocks)
        {
            throw Context.Error(
                fields.Options,
                fields.SidesField,
                $"block_shape is given {blocks} times, bottom '{Parameter.Bottom[0]}' has shape "
                + bottoms[0].ShapeText,
                "give it for axis 1 and those after it, as many as there are at most");
        }

        Span<int> shape = stackalloc int[Blob.MaxAxes];
        shape = shape[..bottoms[0].AxisCount];
        if (IsToBatch)
        {
            ShapeFromSpace(bottoms[0], fields, shape);
            ShapeTop(tops, 0, shape);
        }
        else
        {
            ShapeFromBatch(bottoms[0], fields, shape);
            ShapeTop(tops, 0, border.Box);
        }

        SetOrder(fields, IsToBatch ? shape : bottoms[0].Shape);
        if (border.HasBorder)
        {
            padded.Reshape(border.Whole);
        }
    }

    /// <summary>Computes the batch from the space.</summary>
    protected void ToBatch(float* space, float* batch)
    {
        if (border.HasBorder)
        {
            border.Pad(space, padded.DataPointer, 0, Context.Pool);
            space = padded.DataPointer;
        }

        order.Run(space, batch, Context.Pool);
    }

    /// <summary>Computes the space from the batch.</summary>
    protected void ToSpace(float* batch, float* space)
    {
        order.RunBack(batch, border.HasBorder ? padded.DataPointer : space, Context.Pool);
        if (border.HasBorder)
        {
            border.Crop(padded.DataPointer, space, Context.Pool);
        }
    }

    private void ShapeFromSpace(Blob bottom, BlockFields fields, Span<int> batch)
    {
        bool fits = border.TrySetBox(bottom.Shape, fields.Border, 1);
        border.Whole.CopyTo(batch);
        long items = batch[0];
        for (int i = 0; i < fields.Sides.Count; i++)
        {
            int side = (int)fields.Sides[i];
            if (batch[i + 1] % side != 0)
            {
                throw Context.Error(
                    fields.Options,
                    fields.SidesField,
                    $"axis {i + 1} of bottom '{Parameter.Bottom[0]}', shape {bottom.ShapeText}, has {batch[i + 1]} "
                    + $"positions with its padding, which are no multiple of {side}",
                    "change block_shape or paddings");
            }

            batch[i + 1] /= side;
            items = Math.Min(items * side, (long)int.MaxValue + 1);
        }

        if (!fits || items > int.MaxValue)
        {
            throw Context.Error($"bottom '{Parameter.Bottom[0]}' of shape {bottom.ShapeText} is too large");
        }

        batch[0] = (int)items;
    }

    private void ShapeFromBatch(Blob bottom, BlockFields fields, Span<int> space)
    {
        bottom.Shape.CopyTo(space);
        for (int i = 0; i < fields.Sides.Count; i++)
        {
            int side = (int)fields.Sides[i];
            long size = (long)space[i + 1] * side;
            if (space[0] % side != 0 || size > int.MaxValue)
            {
                throw Context.Error(
                    fields.Options,
                    fields.SidesField,
                    $"the {bottom.Dim(0)} items of bottom '{Parameter.Bottom[0]}', shape {bottom.ShapeText}, are no "
                    + "multiple of a block's positions",
                    "change block_shape");
            }

            (space[0], space[i + 1]) = (space[0] / side, (int)size);
        }

        if (!border.TrySetWhole(space, fields.Border, 1))
        {
            throw Context.Error(
                fields.Options,
                fields.BorderField,
                $"nothing is left of bottom '{Parameter.Bottom[0]}' of shape {bottom.ShapeText}",
                "crop less");
        }
    }

    // [N, D1 / b1, b1, ..., DM / bM, bM, ...] to [b1, ..., bM, N, D1 / b1, ..., DM / bM, ...].
    private void SetOrder(BlockFields fields, ReadOnlySpan<int> batch)
    {
        Span<int> shape = stackalloc int[2 * Blob.MaxAxes], axes = stackalloc int[2 * Blob.MaxAxes];
        int blocks = fields.Sides.Count, items = batch[0], at = 1;
        for (int i = 0; i < blocks; i++)
        {
            (shape[at], shape[at + 1]) = (batch[i + 1], (int)fields.Sides[i]);
            (axes[blocks + 1 + i], axes[i]) = (at, at + 1);
            items /= (int)fields.Sides[i];
            at += 2;
        }

        (shape[0], axes[blocks]) = (items, 0);
        for (int i = blocks + 1; i < batch.Length; i++, at++)
        {
            (shape[at], axes[at]) = (batch[i], at);
        }

        order.Set(shape[..at], axes[..at]);
    }

    /// <summary>The options of either layer.</summary>
    /// <param name="Options">The message.</param>
    /// <param name="Sides">The sides of a block.</param>
    /// <param name="SidesField">Their field.</param>
    /// <param name="Border">The border before and after on each axis.</param>
    /// <param name="BorderField">Its field.</param>
    /// <param name="BorderName">The field's name.</param>
    protected readonly record struct BlockFields(
        IMessage Options, IReadOnlyList<uint> Sides, int SidesField, IReadOnlyList<uint> Border, int BorderField,
        string BorderName);
}
