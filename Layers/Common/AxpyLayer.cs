using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Common;

/// <summary>
/// <c>top = a x + y</c>: bottoms a [N, C] or [N, C, 1, 1], x and y [N, C, H, W] or of any other axes after C. The
/// gradient of a is the sum of <c>dtop x</c> over a channel, that of x is <c>a dtop</c>, that of y is dtop. (Hu et al.
/// 2018, "Squeeze-and-Excitation Networks", equation 4 with the shortcut.)
/// </summary>
[LayerType("Axpy")]
internal sealed unsafe class AxpyLayer(LayerContext context) : Layer(context)
{
    private int channels;
    private int inner;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(3);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob scale = bottoms[0], x = bottoms[1], y = bottoms[2];
        if (!x.HasShapeOf(y))
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[1]}' has shape {x.ShapeText}, bottom '{Parameter.Bottom[2]}' {y.ShapeText}",
                "what is scaled and what is added need the same shape");
        }

        bool fits = x.AxisCount >= 2
            && scale.AxisCount >= 2
            && scale.Dim(0) == x.Dim(0)
            && scale.Dim(1) == x.Dim(1)
            && scale.CountOf(2) == 1;
        if (!fits)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {scale.ShapeText}, bottom '{Parameter.Bottom[1]}' "
                + x.ShapeText,
                "the factors are [N, C] or [N, C, 1, 1], N and C being those of what they scale");
        }

        tops[0].ReshapeLike(x);
        (channels, inner) = (x.CountOf(0, 2), x.CountOf(2));
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) => AxpyKernel.Forward(
        bottoms[0].DataPointer,
        bottoms[1].DataPointer,
        bottoms[2].DataPointer,
        tops[0].DataPointer,
        channels,
        inner,
        Context.Pool);

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        float* dy = tops[0].DiffPointer;
        if (propagateDown[0])
        {
            BroadcastKernel.Gradient(
                dy, bottoms[1].DataPointer, bottoms[0].DiffPointer, false, 1, channels, inner, Context.Pool);
        }

        if (propagateDown[1])
        {
            BroadcastKernel.Forward(
                dy, bottoms[0].DataPointer, null, bottoms[1].DiffPointer, 1, channels, inner, Context.Pool);
        }

        if (propagateDown[2])
        {
            BlockKernel.Copy(dy, bottoms[2].DiffPointer, bottoms[2].Count, Context.Pool);
        }
    }
}
