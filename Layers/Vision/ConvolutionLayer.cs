using Cnn.Layers.Kernels.Convolution;

namespace Cnn.Layers.Vision;

/// <summary>
/// Convolves each bottom [N, C, spatial...] with learned kernels: top [N, num_output, spatial...]. Blobs: weights
/// [num_output, C / group, kernel...] and, with <c>bias_term</c>, bias [num_output].
/// </summary>
/// <remarks>
/// With a connection table (<c>connections</c>: for each output map the input maps that it sees) only the weights of
/// connections exist: [connections, kernel...], ordered by output map. From LeCun, Bottou, Bengio and Haffner,
/// "Gradient-based learning applied to document recognition", Proceedings of the IEEE 1998, table I.
/// </remarks>
[LayerType("Convolution")]
internal sealed unsafe class ConvolutionLayer(LayerContext context) : ConvolutionBaseLayer(context)
{
    private ConnectionTable? table;

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        for (int i = 0; i < bottoms.Count && Images > 0; i++)
        {
            Engine.Forward(Images, bottoms[i].DataPointer, Blobs[0], HasBias ? Blobs[1] : null, tops[i].DataPointer);
        }
    }

    /// <inheritdoc/>
    public override LayerCost Cost(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        CostOf(tops.Sum(t => (long)t.Count) / Outputs * Blobs[0].Count, tops);

    /// <inheritdoc/>
    public override bool TryFold(Layer follower, IReadOnlyList<Blob> followerBottoms) => follower switch
    {
        IChannelAffine affine when affine.IsChannelAffine(followerBottoms) => Engine.TryFold(affine),
        IRectifier rectifier => Engine.TryFold(rectifier.NegativeSlope),
        _ => false,
    };

    /// <inheritdoc/>
    public override void ParametersChanged() => Engine.ParametersChanged();

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        float* dw = NeedsGradient(0) ? Blobs[0].DiffPointer : null;
        float* db = HasBias && NeedsGradient(1) ? Blobs[1].DiffPointer : null;
        for (int i = 0; i < tops.Count && Images > 0; i++)
        {
            float* dy = tops[i].DiffPointer;
            if (dw != null || db != null)
            {
                Engine.WeightGradient(Images, bottoms[i].DataPointer, dy, dw, db);
            }

            if (propagateDown[i])
            {
                Engine.InputGradient(Images, dy, Blobs[0], bottoms[i].DiffPointer);
            }
        }
    }

    /// <inheritdoc/>
    private protected override (float In, float Out)? WeightFans => table?.Fans(Window.Kernel);

    /// <inheritdoc/>
    protected override int[] WeightChannels()
    {
        if (Options.Connections.Count == 0)
        {
            return [Outputs, Channels / Groups];
        }

        table = ConnectionTableReader.Read(Context, Options, Channels, Outputs);
        return [table.Count];
    }

    /// <inheritdoc/>
    private protected override IConvolutionEngine CreateEngine()
    {
        if (table is not null)
        {
            return MaskedConvolution.Suits(table, Window)
                ? new MaskedConvolution(Context, table, Window)
                : new SparseConvolution(Context, table, Window);
        }

        var convolution = new DenseConvolution(Context, Channels, Outputs, Groups, Window);
        return Context.Inference && IsOnAxisOne && Window.Kernel.Length <= 2
            ? new InferenceConvolution(Context, convolution, Outputs)
            : convolution;
    }

    /// <inheritdoc/>
    protected override long OutSize(int size, int axis) => Window.OutSize(size, axis);

    /// <inheritdoc/>
    protected override void Prepare(ReadOnlySpan<int> bottom, ReadOnlySpan<int> top) => Engine.Prepare(bottom);
}
