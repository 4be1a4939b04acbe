using Cnn.Layers.Kernels;

namespace Cnn.Layers.Vision;

/// <summary>
/// Convolves each bottom [N, C, spatial...] with learned kernels: top [N, num_output, spatial...]. Blobs: weights
/// [num_output, C / group, kernel...] and, with <c>bias_term</c>, bias [num_output].
/// </summary>
[LayerType("Convolution")]
public sealed unsafe class ConvolutionLayer : ConvolutionBaseLayer
{
    private readonly PlannedConvolution convolution;

    /// <summary>Makes the layer.</summary>
    public ConvolutionLayer(LayerContext context)
        : base(context) => convolution = new PlannedConvolution(context);

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        float* weights = Blobs[0].DataPointer, bias = HasBias ? Blobs[1].DataPointer : null;
        for (int i = 0; i < bottoms.Count && Images > 0; i++)
        {
            convolution.Forward(Images, bottoms[i].DataPointer, weights, bias, tops[i].DataPointer);
        }
    }

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
                Convolution.BiasGradient(Context.Pool, Outputs, pixels, Images, dy, Blobs[1].DiffPointer);
            }

            if (NeedsGradient(0))
            {
                convolution.WeightGradient(Images, bottoms[i].DataPointer, dy, Blobs[0].DiffPointer);
            }

            if (propagateDown[i])
            {
                convolution.InputGradient(Images, dy, Blobs[0].DataPointer, bottoms[i].DiffPointer);
            }
        }
    }

    /// <inheritdoc/>
    protected override (int First, int Second) WeightChannels() => (Outputs, Channels / Groups);

    /// <inheritdoc/>
    protected override long OutSize(int size, int axis) => Window.OutSize(size, axis);

    /// <inheritdoc/>
    protected override void Plan(ReadOnlySpan<int> spatial) =>
        convolution.Prepare(Channels, Outputs, Groups, spatial, Window);
}
