using Cnn.Layers.Kernels.Resize;
using Cnn.Proto;

namespace Cnn.Layers.Vision;

/// <summary>
/// Bilinear resizing as TensorFlow's, of Synopsys's Caffe: [N, H, W, C], or [N, C, H, W] with
/// <c>data_format: "NCHW"</c>, to the same with H' rows and W' columns (<c>output_height</c> and <c>output_width</c>,
/// or <c>floor(H scale_height)</c>). Row i of the top lies at <c>i H / H'</c> of the bottom; at
/// <c>i (H - 1) / (H' - 1)</c> with <c>align_corners</c>; at <c>(i + 0.5) H / H' - 0.5</c> with
/// <c>half_pixel_centers</c>.
/// </summary>
[LayerType("ResizeBilinear")]
internal sealed unsafe class ResizeBilinearLayer(LayerContext context) : Layer(context)
{
    private readonly ResizeBilinearParameter options =
        context.Parameter.ResizeBilinearParam ?? new ResizeBilinearParameter();

    private ResizeTaps? rows;
    private ResizeTaps? columns;
    private ResizeShape shape;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        var order = new ImageOrder(
            Context, options, options.DataFormat, ResizeBilinearParameter.DataFormatFieldNumber);
        ResizeShape wanted = order.Shape(
            bottoms[0], tops[0], options.OutputHeight, options.OutputWidth, options.ScaleHeight, options.ScaleWidth);
        if (rows is null || wanted != shape)
        {
            rows = Taps(wanted.OutHeight, wanted.Height);
            columns = Taps(wanted.OutWidth, wanted.Width);
            shape = wanted;
        }
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        BilinearResize.Forward(bottoms[0].DataPointer, tops[0].DataPointer, shape, rows!, columns!, Context.Pool);

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (propagateDown[0])
        {
            BilinearResize.Backward(
                tops[0].DiffPointer, bottoms[0].DiffPointer, shape, rows!, columns!, Context.Pool);
        }
    }

    private ResizeTaps Taps(int count, int size)
    {
        bool aligns = options.AlignCorners && count > 1, isCentred = options.HalfPixelCenters;
        float scale = aligns ? (size - 1f) / (count - 1) : (float)size / count;
        return ResizeTaps.Linear(count, size, i => isCentred ? ((i + 0.5f) * scale) - 0.5f : i * scale);
    }
}
