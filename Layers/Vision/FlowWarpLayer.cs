using Cnn.Layers.Kernels.Flow;
using Cnn.Proto;
using Fill = Cnn.Proto.FlowWarpParameter.Types.FillParameter;

namespace Cnn.Layers.Vision;

/// <summary>
/// Moves an image [N, C, H, W] along a flow [N, 2, H, W], whose channels are the steps along columns and rows: the top
/// is the image at (w + flow 0, h + flow 1), interpolated, and <c>fill_value</c> where that is outside. Both have a
/// gradient. (Ilg et al. 2017, "FlowNet 2.0", section 4.1.)
/// </summary>
[LayerType("FlowWarp")]
internal sealed unsafe class FlowWarpLayer(LayerContext context) : Layer(context)
{
    private readonly FlowWarpParameter options = context.Parameter.FlowWarpParam ?? new FlowWarpParameter();
    private (int Images, int Channels, int Height, int Width) size;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(2);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob image = bottoms[0], flow = bottoms[1];
        if (image.AxisCount != 4)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {image.ShapeText}", "it takes 4 axes: [N, C, H, W]");
        }

        size = (image.Dim(0), image.Dim(1), image.Dim(2), image.Dim(3));
        if (!flow.Shape.SequenceEqual((ReadOnlySpan<int>)[size.Images, 2, size.Height, size.Width]))
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[1]}' has shape {flow.ShapeText}, bottom '{Parameter.Bottom[0]}' "
                + image.ShapeText,
                $"the flow is [{size.Images}, 2, {size.Height}, {size.Width}]: a step along columns, one along rows");
        }

        tops[0].ReshapeLike(image);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) => FlowWarpKernel.Forward(
        bottoms[0].DataPointer,
        bottoms[1].DataPointer,
        tops[0].DataPointer,
        size,
        options.FillValue == Fill.NotANumber ? float.NaN : 0,
        Context.Pool);

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        float* dy = tops[0].DiffPointer, flow = bottoms[1].DataPointer;
        if (propagateDown[0])
        {
            FlowWarpKernel.ImageGradient(dy, flow, bottoms[0].DiffPointer, size, Context.Pool);
        }

        if (propagateDown[1])
        {
            FlowWarpKernel.FlowGradient(
                dy, bottoms[0].DataPointer, flow, bottoms[1].DiffPointer, size, Context.Pool);
        }
    }
}
