using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Layers.Vision;

/// <summary>
/// Crops the first bottom to the size of the second on the axes from <c>axis</c> on, beginning at <c>offset</c> (0 if
/// not given; one for all axes, or one per axis). The gradient is 0 outside the crop; that of the second bottom, of
/// which only the shape matters, is 0.
/// </summary>
[LayerType("Crop")]
internal sealed unsafe class CropLayer(LayerContext context) : Layer(context)
{
    private readonly CropParameter options = context.Parameter.CropParam ?? new CropParameter();
    private readonly PinnedInts whole = new(Blob.MaxAxes);
    private readonly PinnedInts box = new(Blob.MaxAxes);
    private readonly PinnedInts offsets = new(Blob.MaxAxes);
    private int axes;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(2);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob from = bottoms[0], size = bottoms[1];
        int axis = CanonicalAxis(from, options.Axis);
        int cropped = from.AxisCount - axis;
        if (size.AxisCount < from.AxisCount)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {from.ShapeText}, bottom '{Parameter.Bottom[1]}' "
                + $"{size.ShapeText}",
                "the second gives a size to each axis of the first");
        }

        if (options.Offset.Count > 1 && options.Offset.Count != cropped)
        {
            throw Context.Error(
                options,
                CropParameter.OffsetFieldNumber,
                $"offset is given {options.Offset.Count} times for {cropped} axes from {axis} on",
                "give it once, once per axis, or not at all");
        }

        Span<int> shape = stackalloc int[from.AxisCount];
        from.Shape.CopyTo(shape);
        for (int i = axis; i < from.AxisCount; i++)
        {
            uint offset = options.Offset.Count == 0 ? 0 : options.Offset[options.Offset.Count == 1 ? 0 : i - axis];
            if (size.Dim(i) + (long)offset > from.Dim(i))
            {
                throw Context.Error(
                    options,
                    CropParameter.OffsetFieldNumber,
                    $"offset {offset} and size {size.Dim(i)} on axis {i} go past bottom '{Parameter.Bottom[0]}', "
                    + $"shape {from.ShapeText}");
            }

            (offsets.Pointer[i], shape[i]) = ((int)offset, size.Dim(i));
        }

        tops[0].Reshape(shape);
        Merge(from.Shape, shape, axis);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        CropKernel.Forward(
            bottoms[0].DataPointer,
            whole.Pointer,
            tops[0].DataPointer,
            box.Pointer,
            offsets.Pointer,
            axes,
            Context.Pool);

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (propagateDown[1])
        {
            bottoms[1].Diff.Clear();
        }

        if (propagateDown[0])
        {
            CropKernel.Backward(
                tops[0].DiffPointer,
                box.Pointer,
                bottoms[0].DiffPointer,
                whole.Pointer,
                offsets.Pointer,
                axes,
                Context.Pool);
        }
    }

    // Merges axes that are not cropped into the one before them, so that rows are as long as possible.
    private void Merge(ReadOnlySpan<int> from, ReadOnlySpan<int> to, int axis)
    {
        axes = 0;
        for (int i = 0; i < from.Length; i++)
        {
            int offset = i < axis ? 0 : offsets.Pointer[i];
            if (axes > 0 && from[i] == to[i])
            {
                whole.Pointer[axes - 1] *= from[i];
                box.Pointer[axes - 1] *= from[i];
                offsets.Pointer[axes - 1] *= from[i];
                continue;
            }

            (whole.Pointer[axes], box.Pointer[axes], offsets.Pointer[axes]) = (from[i], to[i], offset);
            axes++;
        }
    }
}
