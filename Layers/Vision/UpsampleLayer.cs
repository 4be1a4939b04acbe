using Cnn.Layers.Common;
using Cnn.Layers.Kernels.Pooling;
using Cnn.Layers.Kernels.Resize;
using Cnn.Proto;

namespace Cnn.Layers.Vision;

/// <summary>
/// Enlarges [N, C, H, W] by <c>scale</c>. With a second bottom, the places of the maxima that are Pooling's second top,
/// it puts each value there and 0 elsewhere (Badrinarayanan, Kendall and Cipolla, "SegNet", 2015); of several values at
/// a place the last stays. With one bottom it repeats each pixel (Redmon and Farhadi, "YOLOv3", 2018).
/// </summary>
/// <remarks>
/// With places, scale is 2 unless given; <c>scale_h</c> and <c>scale_w</c> take its place, and <c>upsample_h</c> and
/// <c>upsample_w</c>, the size of the top, win over both. <c>pad_out_h</c> and <c>pad_out_w</c> leave out the last row
/// and column of a scale of 2. With one bottom, scale is 1 unless given.
/// </remarks>
[LayerType("Upsample")]
internal sealed unsafe class UpsampleLayer(LayerContext context) : Layer(context)
{
    private readonly UpsampleParameter options = context.Parameter.UpsampleParam ?? new UpsampleParameter();
    private readonly IndexList places = new();
    private int scaleHeight;
    private int scaleWidth;
    private ResizeTaps? rows;
    private ResizeTaps? columns;
    private ResizeShape shape;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Between(1, 2);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    private bool HasSize => options.HasUpsampleH && options.HasUpsampleW;

    /// <inheritdoc/>
    public override bool AllowsForceBackward(int bottom) => bottom == 0;

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (bottoms.Count == 1)
        {
            RefuseFieldsOfPlaces();
            scaleHeight = scaleWidth = Scale(
                "scale", UpsampleParameter.ScaleFieldNumber, options.HasScale ? options.Scale : 1, least: 1);
            return;
        }

        if (HasSize)
        {
            Scale("upsample_h", UpsampleParameter.UpsampleHFieldNumber, options.UpsampleH, least: 2);
            Scale("upsample_w", UpsampleParameter.UpsampleWFieldNumber, options.UpsampleW, least: 2);
            return;
        }

        if (options.HasScaleH != options.HasScaleW || (options.HasScaleH && options.HasScale))
        {
            throw Context.Error(
                options,
                options.HasScaleH ? UpsampleParameter.ScaleHFieldNumber : UpsampleParameter.ScaleWFieldNumber,
                options.HasScale
                    ? "scale is given together with scale_h or scale_w"
                    : options.HasScaleH ? "scale_h is given without scale_w"
                    : "scale_w is given without scale_h",
                "give scale, or both scale_h and scale_w");
        }

        uint both = options.HasScale ? options.Scale : 2;
        scaleHeight = options.HasScaleH
            ? Scale("scale_h", UpsampleParameter.ScaleHFieldNumber, options.ScaleH, least: 2)
            : Scale("scale", UpsampleParameter.ScaleFieldNumber, both, least: 2);
        scaleWidth = options.HasScaleW
            ? Scale("scale_w", UpsampleParameter.ScaleWFieldNumber, options.ScaleW, least: 2)
            : scaleHeight;
        CheckPadOut("pad_out_h", UpsampleParameter.PadOutHFieldNumber, options.PadOutH, scaleHeight);
        CheckPadOut("pad_out_w", UpsampleParameter.PadOutWFieldNumber, options.PadOutW, scaleWidth);
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob bottom = bottoms[0];
        if (bottom.AxisCount != 4)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {bottom.ShapeText}", "Upsample takes 4 axes: [N, C, H, W]");
        }

        if (bottoms.Count > 1 && !bottoms[1].HasShapeOf(bottom))
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[1]}' has shape {bottoms[1].ShapeText}, "
                + $"bottom '{Parameter.Bottom[0]}' {bottom.ShapeText}",
                "the second holds a place for each value of the first");
        }

        int height = OutSize(bottom, 2, scaleHeight, options.PadOutH, options.UpsampleH);
        int width = OutSize(bottom, 3, scaleWidth, options.PadOutW, options.UpsampleW);
        ShapeTop(tops, 0, [bottom.Dim(0), bottom.Dim(1), height, width]);
        var wanted = new ResizeShape(bottom.CountOf(0, 2), bottom.Dim(2), bottom.Dim(3), height, width);
        if (bottoms.Count == 1 && (rows is null || wanted != shape))
        {
            rows = ResizeTaps.Nearest(height, wanted.Height, i => i / scaleHeight);
            columns = ResizeTaps.Nearest(width, wanted.Width, i => i / scaleWidth);
        }

        shape = wanted;
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        float* x = bottoms[0].DataPointer, y = tops[0].DataPointer;
        if (bottoms.Count == 1)
        {
            NearestResize.Forward(x, y, shape, rows!, columns!, Context.Pool);
            return;
        }

        int* at = places.Read(Context, 1, bottoms[1], shape.OutPlaneSize);
        MaxUnpooling.Forward(x, at, y, shape.Planes, shape.PlaneSize, shape.OutPlaneSize, Context.Pool);
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (bottoms.Count > 1 && propagateDown[1])
        {
            throw Context.Error($"an Upsample layer has no gradient for its bottom 1 ('{Parameter.Bottom[1]}')");
        }

        if (!propagateDown[0])
        {
            return;
        }

        float* dy = tops[0].DiffPointer, dx = bottoms[0].DiffPointer;
        if (bottoms.Count == 1)
        {
            NearestResize.Backward(dy, dx, shape, rows!, columns!, Context.Pool);
            return;
        }

        int* at = places.Read(Context, 1, bottoms[1], shape.OutPlaneSize);
        MaxUnpooling.Backward(dy, at, dx, shape.Planes, shape.PlaneSize, shape.OutPlaneSize, Context.Pool);
    }

    private int OutSize(Blob bottom, int axis, int scale, bool padOut, uint size)
    {
        if (bottom.Dim(axis) == 0)
        {
            throw Context.Error($"bottom '{Parameter.Bottom[0]}' of shape {bottom.ShapeText} has no pixels");
        }

        long result = scale == 0 ? size : ((long)bottom.Dim(axis) * scale) - (padOut ? 1 : 0);
        return result <= int.MaxValue ? (int)result : throw Context.Error(
            options, UpsampleParameter.ScaleFieldNumber, $"a size of {result} on axis {axis} is too large");
    }

    private int Scale(string name, int field, uint value, uint least) =>
        value < least ? throw Context.Error(options, field, $"{name} is {value}, expected {least} or more")
        : value > WindowReader.Largest ? throw Context.Error(
            options, field, $"{name} is {value}, which is too large: it may be at most {WindowReader.Largest}")
        : (int)value;

    private void CheckPadOut(string name, int field, bool value, int scale)
    {
        if (value && scale != 2)
        {
            throw Context.Error(options, field, $"{name} needs a scale of 2, not {scale}");
        }
    }

    private void RefuseFieldsOfPlaces()
    {
        if (options.HasScaleH || options.HasScaleW || options.HasUpsampleH || options.HasUpsampleW
            || options.PadOutH || options.PadOutW)
        {
            throw Context.Error(
                options,
                0,
                "without a second bottom, the places of the maxima, only scale has a meaning",
                "give Pooling a second top and this layer that bottom, or use Interp");
        }
    }
}
