using Cnn.Layers.Kernels.Elementwise;
using Cnn.Proto;

namespace Cnn.Layers.Common;

/// <summary>
/// Cuts a bottom along an axis (<c>axis</c>, or the older <c>slice_dim</c>) at the <c>slice_point</c>s, or into equal
/// pieces where there are none: along the channels [N, C, H, W] becomes [N, C / 2, H, W] twice. A single top shares the
/// bottom's memory.
/// </summary>
[LayerType("Slice")]
internal sealed unsafe class SliceLayer(LayerContext context) : Layer(context)
{
    private int axis;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.AtLeast(1);

    private SliceParameter Options => Parameter.SliceParam ??= new SliceParameter();

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob bottom = bottoms[0];
        axis = AxisChoice.Of(
            Context,
            bottom,
            Options,
            (SliceParameter.AxisFieldNumber, Options.Axis, Options.HasAxis),
            ("slice_dim", SliceParameter.SliceDimFieldNumber, Options.SliceDim, Options.HasSliceDim));
        RequirePoints(bottom, tops.Count);
        Span<int> shape = stackalloc int[bottom.AxisCount];
        bottom.Shape.CopyTo(shape);
        for (int i = 0; i < tops.Count; i++)
        {
            shape[axis] = Point(bottom, i + 1, tops.Count) - Point(bottom, i, tops.Count);
            tops[i].Reshape(shape);
        }

        if (tops.Count == 1)
        {
            tops[0].ShareData(bottom);
            tops[0].ShareDiff(bottom);
        }
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (tops.Count == 1)
        {
            return;
        }

        long row = bottoms[0].CountOf(axis), at = 0;
        for (int i = 0; i < tops.Count; i++)
        {
            int length = tops[i].CountOf(axis);
            BlockKernel.Copy(
                bottoms[0].DataPointer + at,
                row,
                tops[i].DataPointer,
                length,
                length,
                tops[i].CountOf(0, axis),
                Context.Pool);
            at += length;
        }
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (tops.Count == 1 || !propagateDown[0])
        {
            return;
        }

        long row = bottoms[0].CountOf(axis), at = 0;
        for (int i = 0; i < tops.Count; i++)
        {
            int length = tops[i].CountOf(axis);
            BlockKernel.Copy(
                tops[i].DiffPointer,
                length,
                bottoms[0].DiffPointer + at,
                row,
                length,
                tops[i].CountOf(0, axis),
                Context.Pool);
            at += length;
        }
    }

    // Where piece i starts; piece number `count` would start at the end.
    private int Point(Blob bottom, int i, int count) =>
        i == 0 ? 0
        : i == count ? bottom.Dim(axis)
        : Options.SlicePoint.Count > 0 ? (int)Options.SlicePoint[i - 1]
        : bottom.Dim(axis) / count * i;

    private void RequirePoints(Blob bottom, int tops)
    {
        int size = bottom.Dim(axis);
        if (Options.SlicePoint.Count == 0)
        {
            if (size % tops != 0)
            {
                throw Context.Error(
                    $"bottom '{Parameter.Bottom[0]}' of shape {bottom.ShapeText} cannot be cut into {tops} equal "
                    + $"pieces on axis {axis}",
                    "give slice_point");
            }

            return;
        }

        if (Options.SlicePoint.Count != tops - 1)
        {
            throw Context.Error(
                Options,
                SliceParameter.SlicePointFieldNumber,
                $"slice_point is given {Options.SlicePoint.Count} times for {tops} tops",
                "give one point fewer than there are tops");
        }

        long before = 0;
        for (int i = 0; i < Options.SlicePoint.Count; i++)
        {
            if (Options.SlicePoint[i] <= before || Options.SlicePoint[i] > size)
            {
                throw Context.Error(
                    Options,
                    SliceParameter.SlicePointFieldNumber,
                    $"slice_point {Options.SlicePoint[i]} is out of order or outside axis {axis} of bottom "
                    + $"'{Parameter.Bottom[0]}', shape {bottom.ShapeText}",
                    $"the points must rise, from above 0 to {size}");
            }

            before = Options.SlicePoint[i];
        }
    }
}
