using Cnn.Layers.Kernels.Pooling;
using Cnn.Proto;
using Method = Cnn.Proto.PoolingParameter.Types.PoolMethod;

namespace Cnn.Layers.Vision;

/// <summary>
/// Shrinks each channel plane by the greatest value (MAX), the mean (AVE) or a drawn value (STOCHASTIC) of windows:
/// [N, C, H, W] to [N, C, H', W'] with <c>H' = ceil((H + 2 pad - kernel) / stride) + 1</c> (floor with
/// <c>round_mode: FLOOR</c>), less one where the last window would start beyond the image and its padding. A second top of
/// MAX gets the index h * W + w of each maximum.
/// </summary>
[LayerType("Pooling")]
internal sealed unsafe class PoolingLayer(LayerContext context) : Layer(context)
{
    private readonly PoolingParameter options = context.Parameter.PoolingParam ?? new PoolingParameter();
    private readonly PoolingPasses passes =
        new(context, context.Parameter.PoolingParam?.Pool ?? Method.Max, "pool");

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => options.Pool == Method.Max ? BlobCount.Between(1, 2) : BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob bottom = bottoms[0];
        if (bottom.AxisCount != 4)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {bottom.ShapeText}", "pooling takes 4 axes: [N, C, H, W]");
        }

        PoolingShape shape = Geometry(bottom.Dim(2), bottom.Dim(3));
        for (int i = 0; i < tops.Count; i++)
        {
            tops[i].Reshape(bottom.Dim(0), bottom.Dim(1), shape.PooledHeight, shape.PooledWidth);
        }

        passes.Prepare(bottom.CountOf(0, 2), shape);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        passes.Forward(bottoms[0].DataPointer, tops[0].DataPointer);
        if (tops.Count > 1)
        {
            Span<float> mask = tops[1].Data;
            for (int i = 0; i < mask.Length; i++)
            {
                mask[i] = passes.Indices[i];
            }
        }
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (propagateDown[0])
        {
            passes.Backward(bottoms[0].DataPointer, tops[0].DataPointer, tops[0].DiffPointer, bottoms[0].DiffPointer);
        }
    }

    private PoolingShape Geometry(int height, int width)
    {
        if (options.GlobalPooling)
        {
            RefuseKernelWithGlobalPooling();
            return new PoolingShape(height, width, 1, 1, height, width, 1, 1, 0, 0);
        }

        var (kernelHeight, kernelWidth) = Pair(
            options.HasKernelSize, options.KernelSize, options.HasKernelH || options.HasKernelW, options.KernelH, options.KernelW, "kernel");
        var (strideHeight, strideWidth) = Pair(
            options.HasStride || !(options.HasStrideH || options.HasStrideW), options.Stride, options.HasStrideH || options.HasStrideW, options.StrideH, options.StrideW, "stride");
        var (padHeight, padWidth) = Pair(
            options.HasPad || !(options.HasPadH || options.HasPadW), options.Pad, options.HasPadH || options.HasPadW, options.PadH, options.PadW, "pad");
        CheckPadding(kernelHeight, kernelWidth, padHeight, padWidth);
        if (strideHeight == 0 || strideWidth == 0)
        {
            throw Context.Error(options, PoolingParameter.StrideFieldNumber, "the stride is 0", "it must be 1 or more");
        }

        bool pads = padHeight > 0 || padWidth > 0;
        int pooledHeight = PooledSize(height, kernelHeight, strideHeight, padHeight, pads);
        int pooledWidth = PooledSize(width, kernelWidth, strideWidth, padWidth, pads);
        return new PoolingShape(
            height, width, pooledHeight, pooledWidth, kernelHeight, kernelWidth, strideHeight, strideWidth, padHeight, padWidth);
    }

    private int PooledSize(int size, int kernel, int stride, int pad, bool pads)
    {
        // A window may hang over the end, so an input smaller than the kernel by less than a stride still gives one.
        double steps = (double)(size + (2 * pad) - kernel) / stride;
        bool isFloor = options.RoundMode == PoolingParameter.Types.RoundMode.Floor;
        int pooled = (int)(isFloor ? Math.Floor(steps) : Math.Ceiling(steps)) + 1;
        if (pooled < 1 && size > 0)
        {
            throw Context.Error(
                options,
                PoolingParameter.KernelSizeFieldNumber,
                $"a kernel of {kernel} does not fit an input of {size} with padding {pad}",
                "use a smaller kernel or more padding");
        }

        pooled = Math.Max(pooled, 0);
        return pads && (pooled - 1) * stride >= size + pad ? pooled - 1 : pooled;
    }

    private (int Height, int Width) Pair(bool hasOne, uint one, bool hasTwo, uint high, uint wide, string what)
    {
        if (hasOne == hasTwo)
        {
            throw Context.Error(
                options,
                PoolingParameter.KernelSizeFieldNumber,
                hasOne ? $"the {what} is given as one number and as a pair" : $"the {what} is missing",
                $"give {(what == "kernel" ? "kernel_size" : what)}, or {what}_h and {what}_w");
        }

        uint height = hasOne ? one : high, width = hasOne ? one : wide;
        if (height > int.MaxValue / 4 || width > int.MaxValue / 4 || (what == "kernel" && (height == 0 || width == 0)))
        {
            throw Context.Error(
                options, PoolingParameter.KernelSizeFieldNumber, $"the {what} {height} x {width} is out of range");
        }

        return ((int)height, (int)width);
    }

    private void CheckPadding(int kernelHeight, int kernelWidth, int padHeight, int padWidth)
    {
        if (padHeight == 0 && padWidth == 0)
        {
            return;
        }

        if (options.Pool == Method.Stochastic)
        {
            throw Context.Error(
                options, PoolingParameter.PadFieldNumber, "stochastic pooling takes no padding", "leave pad out");
        }

        if (padHeight >= kernelHeight || padWidth >= kernelWidth)
        {
            throw Context.Error(
                options,
                PoolingParameter.PadFieldNumber,
                $"padding of {padHeight} x {padWidth} is not less than the kernel of {kernelHeight} x {kernelWidth}");
        }
    }

    private void RefuseKernelWithGlobalPooling()
    {
        bool hasKernel = options.HasKernelSize || options.HasKernelH || options.HasKernelW;
        bool hasPad = options.Pad != 0 || options.PadH != 0 || options.PadW != 0;
        bool hasStride = options.Stride != 1 || options.StrideH > 1 || options.StrideW > 1;
        if (hasKernel || hasPad || hasStride)
        {
            throw Context.Error(
                options,
                PoolingParameter.GlobalPoolingFieldNumber,
                "global_pooling takes the whole plane, but a kernel, padding or stride is given",
                "leave them out");
        }
    }
}
