using Cnn.Layers.Kernels.Pooling;
using Cnn.Proto;
using Google.Protobuf;

namespace Cnn.Layers.Vision;

/// <summary>
/// Reduces the windows of each channel to their maximum (MAX) or mean (AVE), of C3D: [N, C, L, H, W] to
/// [N, C, L', H', W'] with <c>L' = ceil((L - kernel_depth) / temporal_stride) + 1</c> and
/// <c>H' = ceil((H + 2 pad - kernel_size) / stride) + 1</c>, less one where the last window would start beyond the
/// image and its padding. Every value that equals the maximum of a window gets its gradient.
/// </summary>
/// <remarks>
/// Options are <c>pooling3d_param</c>, or, as in files of C3D 1.0, <c>pooling_param</c> with <c>kernel_depth</c> and
/// <c>temporal_stride</c>.
/// </remarks>
[LayerType("Pooling3D")]
internal sealed unsafe class Pooling3DLayer(LayerContext context) : Layer(context)
{
    private static readonly string[] Axes = ["frames", "rows", "columns"];

    private int[] kernel = [], stride = [], pad = [];
    private bool isMean;
    private VolumeShape? shape;

    /// <summary>The windows, for the bottom's current shape.</summary>
    internal VolumeShape Shape => shape!;

    /// <summary>Whether it takes means, not maxima.</summary>
    internal bool IsMean => isMean;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override bool NeedsTopValues => !isMean;

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        PoolingParameter old = Parameter.PoolingParam ?? new PoolingParameter();
        Pooling3DParameter options = Parameter.Pooling3DParam ?? new Pooling3DParameter
        {
            Pool = (Pooling3DParameter.Types.PoolMethod)(int)old.Pool, KernelSize = old.KernelSize,
            Stride = old.Stride, Pad = old.Pad, KernelDepth = old.KernelDepth, TemporalStride = old.TemporalStride,
        };
        IMessage? given = (IMessage?)Parameter.Pooling3DParam ?? Parameter.PoolingParam;
        if (options.Pool is not (Pooling3DParameter.Types.PoolMethod.Max or Pooling3DParameter.Types.PoolMethod.Ave))
        {
            throw Context.Error(given, 0, "Pooling3D takes the maximum or the mean", "give pool: MAX or pool: AVE");
        }

        isMean = options.Pool == Pooling3DParameter.Types.PoolMethod.Ave;
        int depth = Checked(given, "kernel_depth", options.KernelDepth, 1);
        int side = Checked(given, "kernel_size", options.KernelSize, 1);
        int steps = Checked(given, "stride", options.Stride, 1), border = Checked(given, "pad", options.Pad, 0);
        if (border >= side)
        {
            throw Context.Error(given, 0, $"padding of {border} is not less than the kernel of {side}");
        }

        kernel = [depth, side, side];
        stride = [Checked(given, "temporal_stride", options.TemporalStride, 1), steps, steps];
        pad = [0, border, border];
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob bottom = bottoms[0];
        if (bottom.AxisCount != 5)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {bottom.ShapeText}",
                "Pooling3D takes 5 axes: [N, C, L, H, W]");
        }

        ReadOnlySpan<int> size = bottom.Shape[2..];
        if (shape is null || !size.SequenceEqual(shape.Size))
        {
            shape = new VolumeShape(
                size.ToArray(), [Pooled(bottom, 0), Pooled(bottom, 1), Pooled(bottom, 2)], kernel, stride, pad);
        }

        int[] pooled = shape.Pooled;
        ShapeTop(tops, 0, [bottom.Dim(0), bottom.Dim(1), pooled[0], pooled[1], pooled[2]]);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        VolumePooling.Forward(
            bottoms[0].DataPointer, tops[0].DataPointer, bottoms[0].CountOf(0, 2), shape!, isMean, Context.Pool);

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (propagateDown[0])
        {
            VolumePooling.Backward(
                bottoms[0].DataPointer,
                tops[0].DataPointer,
                tops[0].DiffPointer,
                bottoms[0].DiffPointer,
                bottoms[0].CountOf(0, 2),
                shape!,
                isMean,
                Context.Pool);
        }
    }

    private int Pooled(Blob bottom, int axis)
    {
        int size = bottom.Dim(2 + axis);
        long steps = (long)size + (2L * pad[axis]) - kernel[axis];
        long pooled = steps < 0 ? 0 : ((steps + stride[axis] - 1) / stride[axis]) + 1;
        if (pooled == 0 || size == 0)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' of shape {bottom.ShapeText} has {size} {Axes[axis]}, fewer than a "
                + $"window of {kernel[axis]} with padding {pad[axis]}");
        }

        bool pads = pad[1] > 0;
        return (int)(pads && (pooled - 1) * stride[axis] >= size + pad[axis] ? pooled - 1 : pooled);
    }

    private int Checked(IMessage? options, string name, uint value, uint least)
    {
        int field = options?.Descriptor.FindFieldByName(name)?.FieldNumber ?? 0;
        return value < least ? throw Context.Error(options, field, $"{name} is {value}, expected {least} or more")
            : value > WindowReader.Largest ? throw Context.Error(
                options, field, $"{name} is {value}, which is too large: it may be at most {WindowReader.Largest}")
            : (int)value;
    }
}
