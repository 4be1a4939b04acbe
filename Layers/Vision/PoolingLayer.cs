using Cnn.Layers.Kernels.Pooling;
using Cnn.Proto;
using Method = Cnn.Proto.PoolingParameter.Types.PoolMethod;

namespace Cnn.Layers.Vision;

/// <summary>
/// Reduces each channel plane to the maximum (MAX), the mean (AVE) or a sampled value (STOCHASTIC) of its windows:
/// [N, C, H, W] to [N, C, H', W'] with <c>H' = ceil((H + 2 pad - kernel) / stride) + 1</c> (floor with
/// <c>round_mode: FLOOR</c>), less one where the last window would start beyond the image and its padding. A second top
/// of MAX gets the index h * W + w of each maximum.
/// </summary>
/// <remarks>
/// Of Caffe's forks: <c>ceil_mode: false</c> and <c>torch_pooling</c> are FLOOR; <c>pad_l</c>, <c>pad_r</c>,
/// <c>pad_t</c> and <c>pad_b</c> pad each side by itself, <c>pad_type: 1</c> so that there are
/// <c>ceil(size / stride)</c> windows; AVE_EXC_PAD (AVE_TF, <c>avg_include_pad: false</c>) divides by the number of the
/// image's pixels in the window, where AVE counts the padding too.
/// </remarks>
[LayerType("Pooling")]
internal sealed unsafe class PoolingLayer(LayerContext context) : Layer(context)
{
    private readonly PoolingParameter options = context.Parameter.PoolingParam ?? new PoolingParameter();
    private readonly PoolingPasses passes =
        new(context, MethodOf(context.Parameter.PoolingParam), "pool");

    // One entry per axis; not used by global pooling, whose window is the plane.
    private int[] kernel = [], stride = [];
    private WindowPadding padding = new([], []);
    private PoolingShape shape;

    /// <summary>The windows, for the bottom's current shape.</summary>
    internal PoolingShape Shape => shape;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => options.Pool == Method.Max ? BlobCount.Between(1, 2) : BlobCount.Exactly(1);

    /// <inheritdoc/>
    /// <remarks>In testing, the gradient of a stochastic pooling follows from its means.</remarks>
    public override bool NeedsTopValues => options.Pool == Method.Stochastic && Phase == Phase.Test;

    private bool RoundsDown => options.HasRoundMode
        ? options.RoundMode == PoolingParameter.Types.RoundMode.Floor
        : options.TorchPooling || !options.CeilMode;

    private bool LeavesOutPadding => options.Pool is Method.AveExcPad or Method.AveTf || !options.AvgIncludePad;

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        RefuseDepth();
        if (options.GlobalPooling)
        {
            RefuseKernelWithGlobalPooling();
            return;
        }

        var reader = new WindowReader(Context, options, 2);
        (kernel, stride, padding) = (reader.Kernel(), reader.Stride(), reader.Padding(reader.Pad()));
        CheckPadding();
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob bottom = bottoms[0];
        if (bottom.AxisCount != 4)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {bottom.ShapeText}", "pooling takes 4 axes: [N, C, H, W]");
        }

        PoolingShape wanted = Geometry(bottom);
        if (wanted != shape)
        {
            shape = wanted;
            WarnOfWindowsOutside(bottom);
        }

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

    private PoolingShape Geometry(Blob bottom)
    {
        int height = bottom.Dim(2), width = bottom.Dim(3);
        if (options.GlobalPooling)
        {
            return new PoolingShape(height, width, 1, 1, height, width, 1, 1, 0, 0);
        }

        var (above, below) = padding.Of(0, height, kernel[0], stride[0]);
        var (left, right) = padding.Of(1, width, kernel[1], stride[1]);
        bool pads = (above | below | left | right) != 0;
        int pooledHeight = PooledSize(bottom, 0, above, below, pads);
        int pooledWidth = PooledSize(bottom, 1, left, right, pads);
        long count = BlobSize.Of(Math.Max(1, bottom.Dim(0)), bottom.Dim(1), pooledHeight, pooledWidth);
        if (count > BlobSize.Most)
        {
            throw Context.Error(
                $"the windows of bottom '{Parameter.Bottom[0]}' of shape {bottom.ShapeText} are too many: "
                + BlobSize.Excess(count));
        }

        return new PoolingShape(
            height, width, pooledHeight, pooledWidth, kernel[0], kernel[1], stride[0], stride[1], above, left,
            below - above, right - left, LeavesOutPadding);
    }

    private int PooledSize(Blob bottom, int axis, int before, int after, bool pads)
    {
        int size = bottom.Dim(2 + axis);
        long padded = (long)size + before + after;
        if (padded + kernel[axis] + stride[axis] > int.MaxValue)
        {
            throw Context.Error(
                options,
                PoolingParameter.KernelSizeFieldNumber,
                $"bottom '{Parameter.Bottom[0]}' of shape {bottom.ShapeText} is {padded} long on axis {2 + axis} "
                + $"with its padding, which is too large for kernel {kernel[axis]} and stride {stride[axis]}",
                $"the three together may be at most {int.MaxValue}");
        }

        // A window may extend past the end, so an input smaller than the kernel by less than a stride still has one.
        double steps = (double)(padded - kernel[axis]) / stride[axis];
        int pooled = (int)(RoundsDown || padding.IsSame ? Math.Floor(steps) : Math.Ceiling(steps)) + 1;
        if (pooled < 1 && size > 0)
        {
            throw Context.Error(
                options,
                PoolingParameter.KernelSizeFieldNumber,
                $"a kernel of {kernel[axis]} does not fit an input of {size} with padding "
                + (before == after ? $"{before}" : $"{before} and {after}"),
                "use a smaller kernel or more padding");
        }

        pooled = Math.Max(pooled, 0);
        return pads && (long)(pooled - 1) * stride[axis] >= size + before ? pooled - 1 : pooled;
    }

    // Where the stride is larger than the kernel, rounding up can put the last windows past the end, as in Caffe.
    private void WarnOfWindowsOutside(Blob bottom)
    {
        bool rows = IsOutside(shape.PooledHeight, shape.StrideHeight, shape.PadHeight, shape.Height);
        bool columns = IsOutside(shape.PooledWidth, shape.StrideWidth, shape.PadWidth, shape.Width);
        if (!rows && !columns)
        {
            return;
        }

        string windows = rows && columns ? "last row and the last column" : rows ? "last row" : "last column";
        bool isMax = options.Pool == Method.Max;
        Context.Warning(
            options,
            PoolingParameter.StrideFieldNumber,
            $"the {windows} of windows lie outside bottom '{Parameter.Bottom[0]}' of shape {bottom.ShapeText}: "
            + $"their values are {(isMax ? float.MinValue : 0)}",
            "round_mode: FLOOR leaves them out; "
            + (isMax ? "Caffe gives the same values" : "Caffe can give NaN there"));
    }

    private static bool IsOutside(int windows, int stride, int pad, int size) =>
        windows > 0 && size > 0 && ((long)(windows - 1) * stride) - pad >= size;

    private void CheckPadding()
    {
        if (padding.IsNone)
        {
            return;
        }

        if (options.Pool == Method.Stochastic)
        {
            throw Context.Error(
                options, PoolingParameter.PadFieldNumber, "stochastic pooling takes no padding", "leave pad out");
        }

        int rows = Math.Max(padding.Before[0], padding.After[0]);
        int columns = Math.Max(padding.Before[1], padding.After[1]);
        if (!padding.IsSame && (rows >= kernel[0] || columns >= kernel[1]))
        {
            throw Context.Error(
                options,
                PoolingParameter.PadFieldNumber,
                $"padding of {rows} x {columns} is not less than the kernel of {kernel[0]} x {kernel[1]}");
        }
    }

    private static Method MethodOf(PoolingParameter? options) => options?.Pool switch
    {
        null => Method.Max,
        Method.AveExcPad or Method.AveTf => Method.Ave,
        Method method => method,
    };

    // C3D 1.0 has no type of its own for its parameters.
    private void RefuseDepth()
    {
        if (options.HasKernelDepth || options.HasTemporalStride || options.HasTemporalPad)
        {
            throw Context.Error(
                options,
                options.HasKernelDepth ? PoolingParameter.KernelDepthFieldNumber
                : options.HasTemporalStride ? PoolingParameter.TemporalStrideFieldNumber
                : PoolingParameter.TemporalPadFieldNumber,
                "a Pooling layer has no length of its own",
                "C3D's layers of the type POOLING3D have");
        }
    }

    private void RefuseKernelWithGlobalPooling()
    {
        bool hasKernel = options.HasKernelSize || options.HasKernelH || options.HasKernelW;
        bool hasPad = (options.Pad | options.PadH | options.PadW | options.PadType) != 0
            || (options.PadL | options.PadR | options.PadT | options.PadB) != 0;
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
