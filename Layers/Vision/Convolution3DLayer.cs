using Cnn.Proto;

namespace Cnn.Layers.Vision;

/// <summary>
/// Convolves [N, C, L, H, W] over length, rows and columns (Tran et al., "Learning spatiotemporal features with 3D
/// convolutional networks", ICCV 2015): top [N, num_output, L', H', W'] with
/// <c>L' = (L + 2 temporal_pad - kernel_depth) / temporal_stride + 1</c> and
/// <c>H' = (H + 2 pad - kernel_size) / stride + 1</c>. Blobs: weights [num_output, C / group, kernel_depth,
/// kernel_size, kernel_size] and, with <c>bias_term</c>, bias [1, 1, 1, 1, num_output].
/// </summary>
/// <remarks>
/// Options are <c>convolution3d_param</c>, or, as in files of C3D 1.0, <c>convolution_param</c> with
/// <c>kernel_depth</c>, <c>temporal_stride</c> and <c>temporal_pad</c>. <c>filter_group</c> has no effect.
/// </remarks>
[LayerType("Convolution3D")]
internal sealed class Convolution3DLayer(LayerContext context) : ConvolutionLayer(context)
{
    private ConvolutionParameter? options;

    /// <inheritdoc/>
    protected override ConvolutionParameter Options => options ??= Read();

    /// <inheritdoc/>
    private protected override int[] BiasShape => [1, 1, 1, 1, Outputs];

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (bottoms[0].AxisCount != 5)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {bottoms[0].ShapeText}",
                "Convolution3D takes 5 axes: [N, C, L, H, W]");
        }

        base.SetUp(bottoms, tops);
    }

    // Returns the options as those of a convolution over three axes.
    private ConvolutionParameter Read()
    {
        ConvolutionParameter? old = Parameter.ConvolutionParam;
        Convolution3DParameter given = Parameter.Convolution3DParam ?? new Convolution3DParameter();
        if (Parameter.Convolution3DParam is null && old is not null)
        {
            return Over(
                old.Clone(), old.HasKernelDepth, old.KernelDepth, old.KernelSize, old.TemporalPad, old.Pad,
                old.TemporalStride, old.Stride);
        }

        var same = new ConvolutionParameter
        {
            NumOutput = given.NumOutput, BiasTerm = given.BiasTerm, Group = given.Group,
            WeightFiller = given.WeightFiller, BiasFiller = given.BiasFiller,
        };
        return Over(
            same, given.HasKernelDepth, given.KernelDepth, given.HasKernelSize ? [given.KernelSize] : [],
            given.TemporalPad, [given.Pad], given.TemporalStride, [given.Stride]);
    }

    private ConvolutionParameter Over(
        ConvolutionParameter same, bool hasDepth, uint depth, IReadOnlyList<uint> kernel, uint lengthPad,
        IReadOnlyList<uint> pad, uint lengthStride, IReadOnlyList<uint> stride)
    {
        if (!hasDepth || kernel.Count == 0)
        {
            throw Context.Error(
                (Google.Protobuf.IMessage?)Parameter.Convolution3DParam ?? Parameter.ConvolutionParam,
                0,
                hasDepth ? "kernel_size is missing" : "kernel_depth is missing",
                "a filter of Convolution3D has a length, kernel_depth, and a side, kernel_size");
        }

        uint[] kernels = Axes(depth, kernel, 0), pads = Axes(lengthPad, pad, 0);
        uint[] strides = Axes(lengthStride, stride, 1);
        same.ClearKernelDepth();
        same.ClearTemporalPad();
        same.ClearTemporalStride();
        same.KernelSize.Clear();
        same.Pad.Clear();
        same.Stride.Clear();
        same.KernelSize.Add(kernels);
        same.Pad.Add(pads);
        same.Stride.Add(strides);
        return same;
    }

    private static uint[] Axes(uint length, IReadOnlyList<uint> side, uint absent)
    {
        uint first = side.Count > 0 ? side[0] : absent;
        return [length, first, side.Count > 1 ? side[1] : first];
    }
}
