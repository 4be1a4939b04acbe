using Cnn.Layers.Kernels.Resize;
using Cnn.Proto;

namespace Cnn.Layers.Vision;

/// <summary>
/// Resizing to the nearest pixel as TensorFlow's, of Synopsys's Caffe: [N, H, W, C], or [N, C, H, W] with
/// <c>data_format: "NCHW"</c>, to the same with H' rows and W' columns (<c>output_height</c> and <c>output_width</c>,
/// or <c>floor(H scale_height)</c>). Row i of the top is row <c>floor(i H / H')</c> of the bottom; with
/// <c>align_corners</c> <c>i (H - 1) / (H' - 1)</c>, rounded; with <c>half_pixel_centers</c>
/// <c>floor((i + 0.5) H / H')</c>.
/// </summary>
[LayerType("ResizeNearestNeighbor")]
internal sealed unsafe class ResizeNearestNeighborLayer(LayerContext context) : Layer(context)
{
    private readonly ResizeNearestNeighborParameter options =
        context.Parameter.ResizeNearestNeighborParam ?? new ResizeNearestNeighborParameter();

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
            Context, options, options.DataFormat, ResizeNearestNeighborParameter.DataFormatFieldNumber);
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
        NearestResize.Forward(bottoms[0].DataPointer, tops[0].DataPointer, shape, rows!, columns!, Context.Pool);

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (propagateDown[0])
        {
            NearestResize.Backward(tops[0].DiffPointer, bottoms[0].DiffPointer, shape, rows!, columns!, Context.Pool);
        }
    }

    private ResizeTaps Taps(int count, int size)
    {
        bool aligns = options.AlignCorners && count > 1, isCentred = options.HalfPixelCenters;
        float scale = aligns ? (size - 1f) / (count - 1) : (float)size / count;
        return ResizeTaps.Nearest(
            count,
            size,
            i =>
            {
                float place = (isCentred ? i + 0.5f : i) * scale;
                return (int)(options.AlignCorners ? MathF.Round(place, MidpointRounding.AwayFromZero)
                    : MathF.Floor(place));
            });
    }
}
