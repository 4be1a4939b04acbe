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
    private long packedVersion = -1;

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
        if (Version(weights, weightsBias) != packedVersion)
        {
            kept.Forget();
        }

        float* w = null;
        if (convolution.NeedsWeights(images, kept))
        {
            w = followers.Count == 0 ? weights.ReadPointer : Fold(weights, weightsBias);
        }

        float* b = followers.Count > 0 ? bias!.Pointer : weightsBias is null ? null : weightsBias.ReadPointer;
        convolution.Forward(images, x, w, b, y, kept, rectifier);
        packedVersion = Version(weights, weightsBias);
    }

    // What the packed weights were made of.
    private long Version(Blob weights, Blob? weightsBias)
    {
        long version = weights.DataVersion + (weightsBias?.DataVersion ?? 0);
        foreach (IChannelAffine follower in followers)
        {
            version += follower.AffineVersion;
        }

        return version;
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
                folded[i] = (float)(weights.ReadPointer[i] * scale[o]);
            }
        }

        return folded;
    }
}
