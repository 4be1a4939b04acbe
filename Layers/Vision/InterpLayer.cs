using Cnn.Layers.Kernels.Resize;
using Cnn.Proto;

namespace Cnn.Layers.Vision;

/// <summary>
/// Bilinear resizing with aligned corners, of DeepLab and PSPNet: [N, C, H, W] to [N, C, H', W'], where row i of the
/// top lies at <c>i (H - 1) / (H' - 1)</c> of the bottom. <c>pad_beg</c> and <c>pad_end</c>, 0 or below, first cut off
/// as many rows and columns.
/// </summary>
/// <remarks>
/// H' is, by what is given: <c>(H - 1) / shrink_factor + 1</c>; with <c>zoom_factor</c>
/// <c>H + (H - 1)(zoom_factor - 1)</c>; <c>height</c>, with <c>width</c>; or with both factors the zoomed size of the
/// shrunk one. A single factor wins over height and width, and they over both. With <c>use_blob_size</c> it is the size
/// of the second bottom, of which only the shape matters; its gradient is 0.
/// </remarks>
[LayerType("Interp")]
internal sealed unsafe class InterpLayer(LayerContext context) : Layer(context)
{
    private readonly InterpParameter options = context.Parameter.InterpParam ?? new InterpParameter();
    private ResizeTaps? rows;
    private ResizeTaps? columns;
    private ResizeShape shape;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(options.UseBlobSize ? 2 : 1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    private bool HasOneFactor => options.HasShrinkFactor != options.HasZoomFactor;

    private bool HasSize => options.HasHeight && options.HasWidth;

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        foreach (var (name, field, pad) in (ReadOnlySpan<(string, int, int)>)[
            ("pad_beg", InterpParameter.PadBegFieldNumber, options.PadBeg),
            ("pad_end", InterpParameter.PadEndFieldNumber, options.PadEnd)])
        {
            if (pad is > 0 or < -WindowReader.Largest)
            {
                throw Context.Error(
                    options,
                    field,
                    $"{name} is {pad}, expected 0 or less",
                    "it cuts off rows and columns; none are added");
            }
        }

        if (!HasOneFactor && !HasSize && !options.HasShrinkFactor && !options.UseBlobSize)
        {
            throw Context.Error(
                options,
                options.HasHeight ? InterpParameter.HeightFieldNumber : 0,
                options.HasHeight ? "height is given without width"
                : options.HasWidth ? "width is given without height"
                : "the size of the top is missing",
                "give height and width, zoom_factor, shrink_factor or use_blob_size");
        }

        CheckFactor("zoom_factor", InterpParameter.ZoomFactorFieldNumber, options.ZoomFactor);
        CheckFactor("shrink_factor", InterpParameter.ShrinkFactorFieldNumber, options.ShrinkFactor);
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob bottom = bottoms[0];
        if (bottom.AxisCount != 4)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {bottom.ShapeText}", "Interp takes 4 axes: [N, C, H, W]");
        }

        int height = Cut(bottom, 2), width = Cut(bottom, 3);
        (int outHeight, int outWidth) = options.UseBlobSize
            ? SizeOf(bottoms[1])
            : (OutSize(height, options.Height, "height", InterpParameter.HeightFieldNumber),
                OutSize(width, options.Width, "width", InterpParameter.WidthFieldNumber));
        ShapeTop(tops, 0, [bottom.Dim(0), bottom.Dim(1), outHeight, outWidth]);
        int first = (-options.PadBeg * bottom.Dim(3)) - options.PadBeg;
        var wanted = new ResizeShape(
            bottom.CountOf(0, 2), height, width, outHeight, outWidth, 1, bottom.Dim(3), bottom.CountOf(2), first);
        if (rows is null || wanted != shape)
        {
            (rows, columns, shape) = (Taps(outHeight, height), Taps(outWidth, width), wanted);
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

        if (bottoms.Count > 1 && propagateDown[1])
        {
            // Of the second bottom only the size is read.
            bottoms[1].Diff.Clear();
        }
    }

    private static ResizeTaps Taps(int count, int size)
    {
        float scale = count > 1 ? (size - 1f) / (count - 1) : 0;
        return ResizeTaps.Linear(count, size, i => scale * i);
    }

    private (int Height, int Width) SizeOf(Blob blob) =>
        blob.AxisCount == 4 && blob.Dim(2) > 0 && blob.Dim(3) > 0
            ? (blob.Dim(2), blob.Dim(3))
            : throw Context.Error(
                $"bottom '{Parameter.Bottom[1]}' has shape {blob.ShapeText}",
                "it gives the size of the top, so it needs 4 axes, [N, C, H, W], with pixels");

    private int Cut(Blob bottom, int axis)
    {
        int size = bottom.Dim(axis) + options.PadBeg + options.PadEnd;
        return size > 0 ? size : throw Context.Error(
            options,
            options.HasPadBeg ? InterpParameter.PadBegFieldNumber : InterpParameter.PadEndFieldNumber,
            $"of bottom '{Parameter.Bottom[0]}' of shape {bottom.ShapeText} nothing is left on axis {axis}");
    }

    private int OutSize(int size, int given, string name, int field)
    {
        if (!HasOneFactor && HasSize)
        {
            return given > 0 ? given : throw Context.Error(options, field, $"{name} is {given}, expected 1 or more");
        }

        long shrunk = options.HasShrinkFactor ? ((size - 1) / options.ShrinkFactor) + 1 : size;
        long zoomed = options.HasZoomFactor ? shrunk + ((shrunk - 1) * (options.ZoomFactor - 1L)) : shrunk;
        return zoomed <= int.MaxValue ? (int)zoomed : throw Context.Error(
            options, InterpParameter.ZoomFactorFieldNumber, $"a size of {zoomed} is too large");
    }

    private void CheckFactor(string name, int field, int factor)
    {
        if (factor < 1)
        {
            throw Context.Error(options, field, $"{name} is {factor}, expected 1 or more");
        }
    }
}
