using Cnn.Layers.Kernels.Convolution;
using Cnn.Proto;

namespace Cnn.Layers.Vision;

/// <summary>
/// Lays out what the windows of a convolution see: [N, C, spatial...] to [N, C * kernel taps, result sizes...]; channel
/// (c * kernel_h + r) * kernel_w + s holds the pixel under tap (r, s) of every window, 0 beyond the image. Takes
/// kernel, stride, pad, dilation and axis of <c>convolution_param</c>, as Caffe's layer does.
/// </summary>
[LayerType("Im2col")]
internal sealed unsafe class Im2colLayer(LayerContext context) : Layer(context)
{
    private readonly ConvolutionParameter options = context.Parameter.ConvolutionParam ??= new ConvolutionParameter();
    private WindowParameters window = new([], [], [], []);
    private ConvolutionShapeNd? shape;
    private int axis;
    private int images;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        axis = CanonicalAxis(bottoms[0], options.Axis);
        if (axis == bottoms[0].AxisCount - 1)
        {
            throw Context.Error(
                options,
                ConvolutionParameter.AxisFieldNumber,
                $"axis {options.Axis} is the last of bottom '{Parameter.Bottom[0]}' of shape "
                + $"{bottoms[0].ShapeText}, so no axis is spatial");
        }

        window = WindowParameters.Read(Context, options, bottoms[0].AxisCount - axis - 1);
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob bottom = bottoms[0];
        int axes = window.Kernel.Length;
        if (bottom.AxisCount != axis + 1 + axes)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has become {bottom.ShapeText}; the layer was set up for {axes} "
                + "spatial axes");
        }

        images = bottom.CountOf(0, axis);
        Span<int> top = stackalloc int[bottom.AxisCount];
        bottom.Shape.CopyTo(top);
        Span<long> sizes = stackalloc long[axes + 3];
        (sizes[0], sizes[1], sizes[2]) = (Math.Max(1, images), bottom.Dim(axis), window.Taps);
        for (int i = 0; i < axes; i++)
        {
            int size = bottom.Dim(axis + 1 + i);
            sizes[3 + i] = window.OutSize(size, i);
            if (sizes[3 + i] < 1 || size == 0)
            {
                throw Context.Error(
                    $"bottom '{Parameter.Bottom[0]}' of shape {bottom.ShapeText} is {size} "
                    + $"long on spatial axis {i}, too small for kernel {window.Kernel[i]} with dilation "
                    + $"{window.Dilation[i]} and pad {window.Pad[i]}");
            }

            if (window.PaddedSize(size, i) > int.MaxValue)
            {
                throw Context.Error(
                    $"bottom '{Parameter.Bottom[0]}' of shape {bottom.ShapeText} would be {window.PaddedSize(size, i)} "
                    + $"long with its padding on spatial axis {i}, which is too large: it may be at most "
                    + $"{int.MaxValue}");
            }

            top[axis + 1 + i] = (int)sizes[3 + i];
        }

        long count = BlobSize.Of(sizes);
        if (count > BlobSize.Most)
        {
            throw Context.Error(
                $"the columns of bottom '{Parameter.Bottom[0]}' of shape {bottom.ShapeText} are too many: "
                + BlobSize.Excess(count));
        }

        top[axis] = (int)(sizes[1] * sizes[2]);
        tops[0].Reshape(top);
        ReadOnlySpan<int> spatial = bottom.Shape[(axis + 1)..];
        if (shape is null || shape.Channels != bottom.Dim(axis) || !spatial.SequenceEqual(shape.Size))
        {
            shape = DenseConvolution.SizesOf(bottom.Dim(axis), 1, 1, spatial, window);
        }
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        Im2colKernel.Forward(shape!, images, bottoms[0].DataPointer, tops[0].DataPointer, Context.Pool);

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (propagateDown[0])
        {
            Im2colKernel.Backward(shape!, images, tops[0].DiffPointer, bottoms[0].DiffPointer, Context.Pool);
        }
    }
}
