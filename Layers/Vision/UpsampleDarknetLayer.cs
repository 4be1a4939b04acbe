using Cnn.Layers.Kernels.Resize;
using Cnn.Proto;

namespace Cnn.Layers.Vision;

/// <summary>
/// Repeats each pixel of [N, C, H, W] in <c>stride</c> rows and columns (Redmon and Farhadi, "YOLOv3", 2018), as the
/// Upsample layer with one bottom does. A pixel's gradient is the sum over its copies. From Synopsys' fork of Caffe.
/// </summary>
[LayerType("UpsampleDarknet")]
internal sealed unsafe class UpsampleDarknetLayer(LayerContext context) : Layer(context)
{
    private readonly UpsampleDarknetParameter options =
        context.Parameter.UpsampleDarknetParam ?? new UpsampleDarknetParameter();

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
        int stride = SizeField.Check(
            Context, options, UpsampleDarknetParameter.StrideFieldNumber, "stride", options.Stride);
        Blob bottom = bottoms[0];
        if (bottom.AxisCount != 4 || bottom.Dim(2) == 0 || bottom.Dim(3) == 0)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {bottom.ShapeText}",
                "UpsampleDarknet takes 4 axes, [N, C, H, W], with pixels");
        }

        long height = (long)bottom.Dim(2) * stride, width = (long)bottom.Dim(3) * stride;
        if (height > int.MaxValue || width > int.MaxValue)
        {
            throw Context.Error(
                options,
                UpsampleDarknetParameter.StrideFieldNumber,
                $"bottom '{Parameter.Bottom[0]}' of shape {bottom.ShapeText} is too large for a stride of {stride}");
        }

        ShapeTop(tops, 0, [bottom.Dim(0), bottom.Dim(1), (int)height, (int)width]);
        var wanted = new ResizeShape(
            bottom.CountOf(0, 2), bottom.Dim(2), bottom.Dim(3), (int)height, (int)width);
        if (rows is null || wanted != shape)
        {
            (rows, columns, shape) = (Taps(wanted.Height, stride), Taps(wanted.Width, stride), wanted);
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
            NearestResize.Backward(
                tops[0].DiffPointer, bottoms[0].DiffPointer, shape, rows!, columns!, Context.Pool);
        }
    }

    private static ResizeTaps Taps(int size, int stride) =>
        ResizeTaps.Nearest(size * stride, size, i => i / stride);
}
