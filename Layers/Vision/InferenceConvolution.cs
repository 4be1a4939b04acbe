using Cnn.Layers.Kernels.Convolution;
using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Vision;

/// <summary>
/// A convolution of a net that only runs forward: its weights are packed once. A scale and shift per channel that
/// follow are folded into the packed weights and the bias; a sum with another blob and a rectifier that follow are
/// applied in the last step. The layer's parameters do not change.
/// </summary>
internal sealed unsafe class InferenceConvolution(LayerContext context, DenseConvolution convolution, int outputs)
    : IConvolutionEngine
{
    private readonly PackedWeights packed = new();
    private readonly List<IChannelAffine> followers = [];
    private AlignedBuffer? foldedBias;
    private Rectifier? rectifier;
    private Blob? addend;
    private long packedVersion = -1;

    /// <inheritdoc/>
    public void Prepare(ReadOnlySpan<int> spatial) => convolution.Prepare(spatial);

    /// <inheritdoc/>
    public bool TryFold(IChannelAffine follower)
    {
        bool isLinear = rectifier is null && addend is null;
        if (isLinear)
        {
            followers.Add(follower);
            packed.Forget();
        }

        return isLinear;
    }

    /// <inheritdoc/>
    public bool TryFold(Blob other)
    {
        bool isFirst = rectifier is null && addend is null;
        addend ??= isFirst ? other : null;
        return isFirst;
    }

    /// <inheritdoc/>
    public bool TryFold(Rectifier next)
    {
        bool isFirst = rectifier is null;
        rectifier ??= next;
        return isFirst;
    }

    /// <inheritdoc/>
    public void ParametersChanged() => packed.Forget();

    /// <inheritdoc/>
    public void WeightGradient(int images, float* x, float* dy, float* dw, float* db) =>
        convolution.WeightGradient(images, x, dy, dw, db);

    /// <inheritdoc/>
    public void InputGradient(int images, float* dy, Blob weights, float* dx) =>
        convolution.InputGradient(images, dy, weights, dx);

    /// <inheritdoc/>
    public void Forward(int images, float* x, Blob weights, Blob? bias, float* y)
    {
        if (Version(weights, bias) != packedVersion)
        {
            packed.Forget();
        }

        float* w = null;
        if (convolution.NeedsWeights(images, packed))
        {
            w = followers.Count == 0 ? weights.ReadPointer : Fold(weights, bias);
        }

        float* b = followers.Count > 0 ? foldedBias!.Pointer : bias is null ? null : bias.ReadPointer;
        float* other = addend is null ? null : addend.ReadPointer;
        convolution.Forward(images, x, w, b, y, packed, rectifier, other);
        packedVersion = Version(weights, bias);
    }

    // Changes with everything that the packed weights are made from.
    private long Version(Blob weights, Blob? bias)
    {
        long version = weights.DataVersion + (bias?.DataVersion ?? 0);
        foreach (IChannelAffine follower in followers)
        {
            version += follower.AffineVersion;
        }

        return version;
    }

    // In double precision, so that there is a single rounding.
    private float* Fold(Blob weights, Blob? bias)
    {
        double[] scale = new double[outputs], shift = new double[outputs];
        Array.Fill(scale, 1);
        for (int o = 0; o < outputs && bias is not null; o++)
        {
            shift[o] = bias.ReadPointer[o];
        }

        foreach (IChannelAffine follower in followers)
        {
            follower.Follow(scale, shift);
        }

        foldedBias ??= new AlignedBuffer(outputs);
        float* folded = context.Pool.Scratch(0, ScratchSlot.Layer, weights.Count);
        int taps = weights.Count / outputs;
        for (int o = 0; o < outputs; o++)
        {
            foldedBias.Span[o] = (float)shift[o];
            for (int i = o * taps; i < (o + 1) * taps; i++)
            {
                folded[i] = (float)(weights.ReadPointer[i] * scale[o]);
            }
        }

        return folded;
    }
}
