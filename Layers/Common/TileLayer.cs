using Cnn.Layers.Kernels.Elementwise;
using Cnn.Proto;

namespace Cnn.Layers.Common;

/// <summary>
/// Repeats everything from <c>axis</c> on <c>tiles</c> times, block after block: along the channels [N, C, H, W]
/// becomes [N, tiles C, H, W]. The gradient is the sum over the repetitions.
/// </summary>
[LayerType("Tile")]
internal sealed unsafe class TileLayer(LayerContext context) : Layer(context)
{
    private readonly TileParameter options = context.Parameter.TileParam ?? new TileParameter();
    private int blocks;
    private int length;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob bottom = bottoms[0];
        int axis = CanonicalAxis(bottom, options.Axis);
        if (options.Tiles <= 0
            || (long)bottom.Count * options.Tiles > int.MaxValue / 2
            || (long)bottom.Dim(axis) * options.Tiles > int.MaxValue)
        {
            throw Context.Error(
                options,
                TileParameter.TilesFieldNumber,
                $"tiles is {options.Tiles} for bottom '{Parameter.Bottom[0]}' of shape {bottom.ShapeText}",
                "it must be 1 or more, and the top must fit in memory");
        }

        Span<int> shape = stackalloc int[bottom.AxisCount];
        bottom.Shape.CopyTo(shape);
        shape[axis] *= options.Tiles;
        tops[0].Reshape(shape);
        (blocks, length) = (bottom.CountOf(0, axis), bottom.CountOf(axis));
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        TileKernel.Forward(bottoms[0].DataPointer, tops[0].DataPointer, blocks, options.Tiles, length, Context.Pool);

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (propagateDown[0])
        {
            TileKernel.Backward(
                tops[0].DiffPointer, bottoms[0].DiffPointer, blocks, options.Tiles, length, Context.Pool);
        }
    }
}
