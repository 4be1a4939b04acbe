using Cnn.Layers.Kernels.Elementwise;
using Cnn.Proto;

namespace Cnn.Layers.Common;

/// <summary>Repeats all that lies from <c>axis</c> on <c>tiles</c> times, block after block; the gradient is their sum.</summary>
[LayerType("Tile")]
public sealed unsafe class TileLayer(LayerContext context) : Layer(context)
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
        if (options.Tiles <= 0 || (long)bottom.Count * options.Tiles > int.MaxValue / 2)
        {
            throw Context.Error(
                options,
                TileParameter.TilesFieldNumber,
                $"tiles is {options.Tiles} for bottom '{Parameter.Bottom[0]}' of shape {bottom.ShapeText}",
                "it must be 1 or more, and the top of a size that memory can hold");
        }

        Span<int> shape = stackalloc int[bottom.AxisCount];
        bottom.Shape.CopyTo(shape);
        shape[axis] *= options.Tiles;
        tops[0].Reshape(shape);
        (blocks, length) = (bottom.CountOf(0, axis), bottom.CountOf(axis));
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        for (int tile = 0; tile < options.Tiles; tile++)
        {
            BlockKernel.Copy(
                bottoms[0].DataPointer,
                length,
                tops[0].DataPointer + ((long)tile * length),
                (long)options.Tiles * length,
                length,
                blocks,
                Context.Pool);
        }
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        for (int tile = 0; tile < options.Tiles && propagateDown[0]; tile++)
        {
            float* from = tops[0].DiffPointer + ((long)tile * length), to = bottoms[0].DiffPointer;
            long stride = (long)options.Tiles * length;
            if (tile == 0)
            {
                BlockKernel.Copy(from, stride, to, length, length, blocks, Context.Pool);
            }
            else
            {
                BlockKernel.Add(from, stride, to, length, length, blocks, Context.Pool);
            }
        }
    }
}
