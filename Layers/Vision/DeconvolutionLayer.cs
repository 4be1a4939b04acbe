using Cnn.Layers.Kernels.Convolution;
using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Vision;

/// <summary>
/// The transposed convolution of each bottom [N, C, spatial...]: every value spreads a learned kernel over the top [N,
/// num_output, <c>stride (size - 1) + dilation (kernel - 1) + 1 - 2 pad</c>, ...]. It computes the input gradient of a
/// convolution with these weights, and its own gradient is that convolution. Blobs: weights [C, num_output / group,
/// kernel...] and, with <c>bias_term</c>, bias [num_output]. The formula is that of Zeiler, Krishnan, Taylor and
/// Fergus, "Deconvolutional networks", CVPR 2010; stride, padding and groups are Caffe's.
/// </summary>
[LayerType("Deconvolution")]
internal sealed unsafe class DeconvolutionLayer(LayerContext context) : ConvolutionBaseLayer(context)
{
    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        for (int i = 0; i < bottoms.Count && Images > 0; i++)
        {
            float* y = tops[i].DataPointer;
            Engine.InputGradient(Images, bottoms[i].DataPointer, Blobs[0], y);
            if (HasBias)
            {
                int pixels = tops[i].Count / (Images * Outputs);
                ChannelAffine.Run(y, y, null, 1, Blobs[1].DataPointer, Images, Outputs, pixels, Context.Pool);
            }
        }
    }

    /// <inheritdoc/>
    public override LayerCost Cost(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        CostOf(bottoms.Sum(b => (long)b.Count) * Blobs[0].CountOf(1), tops);

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        for (int i = 0; i < tops.Count && Images > 0; i++)
        {
            float* dy = tops[i].DiffPointer;
            if (HasBias && NeedsGradient(1))
            {
                int pixels = tops[i].Count / (Images * Outputs);
                ConvolutionKernel.BiasGradient(Context.Pool, Outputs, pixels, Images, dy, Blobs[1].DiffPointer);
            }

            if (NeedsGradient(0))
            {
                Engine.WeightGradient(Images, dy, bottoms[i].DataPointer, Blobs[0].DiffPointer, null);
            }

            if (propagateDown[i])
            {
                Engine.Forward(Images, dy, Blobs[0], null, bottoms[i].DiffPointer);
            }
        }
    }

    /// <inheritdoc/>
    protected override int[] WeightChannels() =>
        Options.Connections.Count > 0 ? throw Context.Error(
            Options,
            Proto.ConvolutionParameter.ConnectionsFieldNumber,
            "a Deconvolution layer takes no connection table")
        : !Window.Padding.IsEven ? throw Context.Error(
            "a Deconvolution layer takes no padding of its own for each side",
            "give pad, or pad_h and pad_w, and crop what is too much with a Crop layer")
        : Options.Relu ? throw Context.Error(
            Options,
            Proto.ConvolutionParameter.ReluFieldNumber,
            "a Deconvolution layer does not rectify its result",
            "add a ReLU layer")
        : [Channels, Outputs / Groups];

    /// <inheritdoc/>
    protected override long OutSize(int size, int axis) =>
        ((long)Window.Stride[axis] * (size - 1)) + ((long)Window.Dilation[axis] * (Window.Kernel[axis] - 1)) + 1
        - (2L * Window.Pad[axis]);

    /// <inheritdoc/>
    private protected override IConvolutionEngine CreateEngine() =>
        new DenseConvolution(Context, Outputs, Channels, Groups, Window);

    /// <inheritdoc/>
    protected override void Prepare(ReadOnlySpan<int> bottom, ReadOnlySpan<int> top) => Engine.Prepare(top);
}
