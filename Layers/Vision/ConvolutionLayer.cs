using Cnn.Layers.Kernels;

namespace Cnn.Layers.Vision;

/// <summary>
/// Convolves each bottom [N, C, spatial...] with learned kernels: top [N, num_output, spatial...]. Blobs: weights
/// [num_output, C / group, kernel...] and, with <c>bias_term</c>, bias [num_output].
/// </summary>
/// <remarks>
/// With a connection table (<c>connections</c>: for each output map the input maps that it sees) only the weights of
/// connections exist: [connections, kernel...], one output map's after another's. From LeCun, Bottou, Bengio and
/// Haffner, "Gradient-based learning applied to document recognition", Proceedings of the IEEE 1998, table I.
/// </remarks>
[LayerType("Convolution")]
internal sealed unsafe class ConvolutionLayer : ConvolutionBaseLayer
{
    private readonly PlannedConvolution convolution;
    private ConnectionTable? table;
    private ConnectedConvolution? connected;
    private MaskedConvolution? masked;
    private InferenceConvolution? inference;

    /// <summary>Makes the layer.</summary>
    public ConvolutionLayer(LayerContext context)
        : base(context) => convolution = new PlannedConvolution(context);

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        base.SetUp(bottoms, tops);
        bool isOnChannelAxis = CanonicalAxis(bottoms[0], Options.Axis) == 1;
        if (Context.Inference && isOnChannelAxis && table is null && Window.Kernel.Length <= 2)
        {
            inference = new InferenceConvolution(Context, convolution, Outputs);
        }
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        float* weights = Blobs[0].ReadPointer, bias = HasBias ? Blobs[1].ReadPointer : null;
        for (int i = 0; i < bottoms.Count && Images > 0; i++)
        {
            if (inference is not null)
            {
                inference.Forward(Images, bottoms[i].DataPointer, Blobs[0], HasBias ? Blobs[1] : null, tops[i].DataPointer);
            }
            else if (masked is not null)
            {
                masked.Forward(Images, bottoms[i].DataPointer, weights, bias, tops[i].DataPointer);
            }
            else if (connected is not null)
            {
                connected.Forward(Images, bottoms[i].DataPointer, weights, bias, tops[i].DataPointer, Context.Pool);
            }
            else
            {
                convolution.Forward(Images, bottoms[i].DataPointer, weights, bias, tops[i].DataPointer);
            }
        }
    }

    /// <inheritdoc/>
    public override LayerCost Cost(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        CostOf(tops.Sum(t => (long)t.Count) / Outputs * Blobs[0].Count, tops);

    /// <inheritdoc/>
    public override bool TryFold(Layer follower, IReadOnlyList<Blob> followerBottoms) =>
        inference is not null && follower switch
        {
            IChannelAffine affine when affine.IsChannelAffine(followerBottoms) => inference.TryTake(affine),
            IRectifier rectifier => inference.TryTake(rectifier.NegativeSlope),
            _ => false,
        };

    /// <inheritdoc/>
    public override void ParametersChanged() => inference?.Forget();

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        for (int i = 0; i < tops.Count && Images > 0; i++)
        {
            float* dy = tops[i].DiffPointer;
            float* db = HasBias && NeedsGradient(1) ? Blobs[1].DiffPointer : null;
            if (table is null && NeedsGradient(0))
            {
                convolution.WeightGradient(Images, bottoms[i].DataPointer, dy, Blobs[0].DiffPointer, db);
            }
            else
            {
                if (db != null)
                {
                    Convolution.BiasGradient(Context.Pool, Outputs, tops[i].Count / (Images * Outputs), Images, dy, db);
                }

                if (NeedsGradient(0))
                {
                    AddConnectionGradient(bottoms[i].DataPointer, dy);
                }
            }

            if (propagateDown[i])
            {
                ComputeInputGradient(dy, bottoms[i].DiffPointer);
            }
        }
    }

    private int Taps
    {
        get
        {
            long taps = 1;
            foreach (int size in Window.Kernel)
            {
                taps = Math.Min(int.MaxValue, taps * size);
            }

            return (int)taps;
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
        if (MaskedConvolution.Suits(table, Taps))
        {
            masked = new MaskedConvolution(Context, table);
        }
        else
        {
            connected = new ConnectedConvolution(table);
        }

        return [table.Count];
    }

    /// <inheritdoc/>
    protected override long OutSize(int size, int axis) => Window.OutSize(size, axis);

    /// <inheritdoc/>
    protected override void Plan(ReadOnlySpan<int> spatial)
    {
        if (masked is not null)
        {
            masked.Prepare(spatial, Window, Taps);
        }
        else if (connected is not null)
        {
            connected.Prepare(spatial, Window.Kernel, Window.Pad, Window.Stride, Window.Dilation);
        }
        else
        {
            convolution.Prepare(Channels, Outputs, Groups, spatial, Window);
        }
    }

    private void AddConnectionGradient(float* x, float* dy)
    {
        if (masked is not null)
        {
            masked.WeightGradient(Images, x, dy, Blobs[0].DiffPointer);
        }
        else
        {
            connected!.WeightGradient(Images, x, dy, Blobs[0].DiffPointer, Context.Pool);
        }
    }

    private void ComputeInputGradient(float* dy, float* dx)
    {
        if (masked is not null)
        {
            masked.InputGradient(Images, dy, Blobs[0].DataPointer, dx);
        }
        else if (connected is not null)
        {
            connected.InputGradient(Images, dy, Blobs[0].DataPointer, dx, Context.Pool);
        }
        else
        {
            convolution.InputGradient(Images, dy, Blobs[0].DataPointer, dx);
        }
    }
}
