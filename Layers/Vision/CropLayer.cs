using Cnn.Layers.Kernels.Elementwise;
using Cnn.Proto;

namespace Cnn.Layers.Vision;

/// <summary>
/// Cuts the first bottom to the second's size on the axes from <c>axis</c> on, beginning at <c>offset</c> (none: 0, one: for
/// all, or one an axis). The gradient is 0 outside the cut; that of the second bottom, whose shape alone counts, is 0.
/// </summary>
[LayerType("Crop")]
public sealed unsafe class CropLayer(LayerContext context) : Layer(context)
{
    private readonly CropParameter options = context.Parameter.CropParam ?? new CropParameter();
    private readonly int[] offsets = new int[Blob.MaxAxes];
    private int axis;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(2);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob from = bottoms[0], size = bottoms[1];
        axis = CanonicalAxis(from, options.Axis);
        int cropped = from.AxisCount - axis;
        if (from.AxisCount != size.AxisCount)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {from.ShapeText}, bottom '{Parameter.Bottom[1]}' {size.ShapeText}",
                "they need the same number of axes");
        }

        if (options.Offset.Count > 1 && options.Offset.Count != cropped)
        {
            throw Context.Error(
                options,
                CropParameter.OffsetFieldNumber,
                $"offset is given {options.Offset.Count} times for {cropped} axes from {axis} on",
                "give it once, once an axis, or not at all");
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
                    $"offset {offset} and size {size.Dim(i)} on axis {i} go past bottom '{Parameter.Bottom[0]}', shape {from.ShapeText}");
            }

            (offsets[i], shape[i]) = ((int)offset, size.Dim(i));
        }

        tops[0].Reshape(shape);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        Rows(bottoms[0], tops[0], 0, 0, 0, isForward: true);

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
            bottoms[0].Diff.Clear();
            Rows(bottoms[0], tops[0], 0, 0, 0, isForward: false);
        }
    }

    // Down the axes to the last two, whose rows are blocks at regular distances.
    private void Rows(Blob bottom, Blob top, int at, long from, long to, bool isForward)
    {
        if (at < top.AxisCount - 2)
        {
            for (int i = 0; i < top.Dim(at); i++)
            {
                long start = from + ((offsets[at] + (long)i) * bottom.CountOf(at + 1));
                Rows(bottom, top, at + 1, start, to + ((long)i * top.CountOf(at + 1)), isForward);
            }

            return;
        }

        int width = top.AxisCount == 0 ? 1 : top.Dim(-1), wide = bottom.AxisCount == 0 ? 1 : bottom.Dim(-1);
        int rows = top.AxisCount > 1 ? top.Dim(-2) : 1;
        from += top.AxisCount > 1 ? ((long)offsets[at] * wide) + offsets[at + 1] : offsets[at];
        if (isForward)
        {
            BlockKernel.Copy(bottom.DataPointer + from, wide, top.DataPointer + to, width, width, rows, Context.Pool);
        }
        else
        {
            BlockKernel.Copy(top.DiffPointer + to, width, bottom.DiffPointer + from, wide, width, rows, Context.Pool);
        }
    }
}
