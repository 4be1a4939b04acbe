using Cnn.Layers.Kernels.Elementwise;
using Cnn.Proto;

namespace Cnn.Layers.Activations;

/// <summary>
/// Maxout (Goodfellow, Warde-Farley, Mirza, Courville and Bengio 2013): the largest of each group of <c>pieces</c>
/// neighbouring channels. Top: the bottom's shape with its channels divided by <c>pieces</c>. The gradient goes to the
/// first channel that has the largest value. Beyond Caffe.
/// </summary>
[LayerType("Maxout")]
internal sealed unsafe class MaxoutLayer(LayerContext context) : Layer(context)
{
    private readonly MaxoutParameter options = context.Parameter.MaxoutParam ?? new MaxoutParameter();

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override bool NeedsTopValues => true;

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        int axis = CanonicalAxis(bottoms[0], options.Axis);
        int channels = bottoms[0].Dim(axis);
        if (options.Pieces == 0 || options.Pieces > (uint)channels || channels % options.Pieces != 0)
        {
            throw Context.Error(
                options,
                MaxoutParameter.PiecesFieldNumber,
                $"pieces is {options.Pieces}, bottom '{Parameter.Bottom[0]}' of shape {bottoms[0].ShapeText} has "
                + $"{channels} channels on axis {axis}",
                "pieces must divide the channels");
        }

        Span<int> shape = stackalloc int[bottoms[0].AxisCount];
        bottoms[0].Shape.CopyTo(shape);
        shape[axis] = channels / (int)options.Pieces;
        tops[0].Reshape(shape);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        var (rows, inner) = Sizes(tops[0]);
        MaxoutKernel.Forward(
            bottoms[0].DataPointer, tops[0].DataPointer, rows, (int)options.Pieces, inner, Context.Pool);
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (propagateDown[0])
        {
            var (rows, inner) = Sizes(tops[0]);
            MaxoutKernel.Backward(
                bottoms[0].DataPointer,
                tops[0].DataPointer,
                tops[0].DiffPointer,
                bottoms[0].DiffPointer,
                rows,
                (int)options.Pieces,
                inner,
                Context.Pool);
        }
    }

    private (int Rows, int Inner) Sizes(Blob top)
    {
        int axis = CanonicalAxis(top, options.Axis);
        return (top.Count == 0 ? 0 : top.CountOf(0, axis + 1), top.CountOf(axis + 1));
    }
}
