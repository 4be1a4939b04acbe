using Cnn.Layers.Kernels.Elementwise;
using Cnn.Proto;

namespace Cnn.Layers.Common;

/// <summary>
/// Joins bottoms along an axis (<c>axis</c>, or the older <c>concat_dim</c>); their other axes must be equal: along the
/// channels [N, C, H, W] and [N, D, H, W] become [N, C + D, H, W]. A single bottom shares its memory with the top.
/// </summary>
[LayerType("Concat")]
internal sealed unsafe class ConcatLayer(LayerContext context) : Layer(context)
{
    private int axis;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.AtLeast(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        ConcatParameter options = Parameter.ConcatParam ??= new ConcatParameter();
        Blob first = bottoms[0];
        axis = AxisChoice.Of(
            Context,
            first,
            options,
            (ConcatParameter.AxisFieldNumber, options.Axis, options.HasAxis),
            ("concat_dim", ConcatParameter.ConcatDimFieldNumber, options.ConcatDim, options.HasConcatDim));
        long joined = 0;
        for (int i = 0; i < bottoms.Count; i++)
        {
            Blob bottom = bottoms[i];
            if (bottom.AxisCount != first.AxisCount
                || !bottom.Shape[..axis].SequenceEqual(first.Shape[..axis])
                || !bottom.Shape[(axis + 1)..].SequenceEqual(first.Shape[(axis + 1)..]))
            {
                throw Context.Error(
                    $"bottom '{Parameter.Bottom[i]}' has shape {bottom.ShapeText}, bottom "
                    + $"'{Parameter.Bottom[0]}' {first.ShapeText}",
                    $"they may differ on axis {axis} only");
            }

            joined += bottom.Dim(axis);
        }

        Span<int> shape = stackalloc int[first.AxisCount];
        first.Shape.CopyTo(shape);
        shape[axis] = joined <= int.MaxValue
            ? (int)joined
            : throw Context.Error($"the top would be {joined} long on axis {axis}");
        ShapeTop(tops, 0, shape);
        if (bottoms.Count == 1)
        {
            tops[0].ShareData(first);
            tops[0].ShareDiff(first);
        }
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (bottoms.Count == 1)
        {
            return;
        }

        long row = tops[0].CountOf(axis), at = 0;
        for (int i = 0; i < bottoms.Count; i++)
        {
            int length = bottoms[i].CountOf(axis);
            BlockKernel.Copy(
                bottoms[i].DataPointer,
                length,
                tops[0].DataPointer + at,
                row,
                length,
                bottoms[i].CountOf(0, axis),
                Context.Pool);
            at += length;
        }
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (bottoms.Count == 1)
        {
            return;
        }

        long row = tops[0].CountOf(axis), at = 0;
        for (int i = 0; i < bottoms.Count; i++)
        {
            int length = bottoms[i].CountOf(axis);
            if (propagateDown[i])
            {
                BlockKernel.Copy(
                    tops[0].DiffPointer + at,
                    row,
                    bottoms[i].DiffPointer,
                    length,
                    length,
                    bottoms[i].CountOf(0, axis),
                    Context.Pool);
            }

            at += length;
        }
    }
}
