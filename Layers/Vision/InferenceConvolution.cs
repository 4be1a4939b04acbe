using Cnn.Layers.Common;
using Cnn.Layers.Kernels;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Vision;

/// <summary>
/// A convolution of a net that only runs forward: its weights are packed once, and what follows it, a scale and shift for each
/// channel and a rectifier, is part of them and of its last step. The layer's parameters stay as they are.
/// </summary>
internal sealed unsafe class InferenceConvolution(LayerContext context, PlannedConvolution convolution, int outputs)
{
    private readonly KeptWeights kept = new();
    private readonly List<IChannelAffine> followers = [];
    private AlignedBuffer? bias;
    private float? rectifier;

    /// <summary>Takes a layer in; none after a rectifier.</summary>
    /// <returns>Whether it could.</returns>
    public bool TryTake(IChannelAffine follower)
    {
        if (rectifier is null)
        {
            followers.Add(follower);
            kept.Forget();
        }

        return rectifier is null;
    }

    /// <summary>Takes a rectifier of that slope below 0 in.</summary>
    /// <returns>Whether it could.</returns>
    public bool TryTake(float slope)
    {
        bool isFirst = rectifier is null;
        rectifier ??= slope;
        return isFirst;
    }

    /// <summary>Reads the parameters anew at the next pass.</summary>
    public void Forget() => kept.Forget();

    /// <summary>y from x.</summary>
    public void Forward(int images, float* x, Blob weights, Blob? weightsBias, float* y)
    {
        float* w = null;
        if (convolution.NeedsWeights(images, kept))
        {
            w = followers.Count == 0 ? weights.DataPointer : Fold(weights, weightsBias);
        }

        float* b = followers.Count > 0 ? bias!.Pointer : weightsBias is null ? null : weightsBias.DataPointer;
        convolution.Forward(images, x, w, b, y, kept, rectifier);
    }

    // In double, so that it costs a single rounding.
    private float* Fold(Blob weights, Blob? weightsBias)
    {
        double[] scale = new double[outputs], shift = new double[outputs];
        Array.Fill(scale, 1);
        for (int o = 0; o < outputs && weightsBias is not null; o++)
        {
            shift[o] = weightsBias.Data[o];
        }

        foreach (IChannelAffine follower in followers)
        {
            follower.Follow(scale, shift);
        }

        bias ??= new AlignedBuffer(outputs);
        float* folded = context.Pool.Scratch(0, ScratchSlot.Layer, weights.Count);
        int taps = weights.Count / outputs;
        for (int o = 0; o < outputs; o++)
        {
            bias.Span[o] = (float)shift[o];
            for (int i = o * taps; i < (o + 1) * taps; i++)
            {
                folded[i] = (float)(weights.DataPointer[i] * scale[o]);
            }
        }

        return folded;
    }
}
