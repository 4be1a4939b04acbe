using Cnn.Layers.Activations;
using Cnn.Layers.Kernels.Convolution;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Kernels.Gemm;
using Cnn.Proto;

namespace Cnn.Layers.Vision;

/// <summary>
/// Convolves each bottom [N, C, spatial...] with learned kernels: top [N, num_output, spatial...]. Blobs: weights
/// [num_output, C / group, kernel...] and, with <c>bias_term</c>, bias [num_output].
/// </summary>
/// <remarks>
/// With a connection table (<c>connections</c>: for each output map the input maps that it sees) only the weights of
/// connections exist: [connections, kernel...], ordered by output map. From LeCun, Bottou, Bengio and Haffner,
/// "Gradient-based learning applied to document recognition", Proceedings of the IEEE 1998, table I.
/// <c>pad_l</c>, <c>pad_r</c>, <c>pad_t</c> and <c>pad_b</c> pad each side by itself, <c>pad_type: 1</c> so that there
/// are <c>ceil(size / stride)</c> windows (Synopsys's Caffe). <c>relu</c>, with <c>negative_slope</c>, rectifies the
/// result (Intel's).
/// </remarks>
[LayerType("Convolution")]
internal unsafe class ConvolutionLayer(LayerContext context) : ConvolutionBaseLayer(context)
{
    private ConnectionTable? table;
    private ReLULayer.Rectifier rectifier;

    // Whether the layer rectifies what the engine computes, and the gradient that reaches the engine then.
    private bool rectifies;
    private AlignedBuffer? rectified;

    /// <inheritdoc/>
    public override bool NeedsTopValues => Options.Relu;

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        for (int i = 0; i < bottoms.Count && Images > 0; i++)
        {
            float* y = tops[i].DataPointer;
            Engine.Forward(Images, bottoms[i].DataPointer, Blobs[0], HasBias ? Blobs[1] : null, y);
            if (rectifies)
            {
                UnaryKernel.Forward(rectifier, y, y, tops[i].Count, Context.Pool);
            }
        }
    }

    /// <inheritdoc/>
    public override LayerCost Cost(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        CostOf(tops.Sum(t => (long)t.Count) / Outputs * Blobs[0].Count, tops);

    /// <inheritdoc/>
    public override bool TryFold(Layer follower, IReadOnlyList<Blob> followerBottoms) => follower switch
    {
        _ when rectifies => false,
        IChannelAffine affine when affine.IsChannelAffine(followerBottoms) => Engine.TryFold(affine),
        IRectifier { IsRectifier: true } next => Engine.TryFold(new Rectifier(next.NegativeSlope, next.Ceiling)),
        _ => false,
    };

    /// <inheritdoc/>
    public override bool TryFoldSum(Blob other) => !rectifies && !Options.Relu && Engine.TryFold(other);

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
            float* dy = Options.Relu ? Rectified(tops[i]) : tops[i].DiffPointer;
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
        IConvolutionEngine engine = ChooseEngine();
        if (Options.Relu)
        {
            rectifier = new ReLULayer.Rectifier(Options.NegativeSlope);
            rectifies = !engine.TryFold(new Rectifier(rectifier.Slope));
            if (!(rectifier.Slope >= 0))
            {
                throw Context.Error(
                    Options,
                    ConvolutionParameter.NegativeSlopeFieldNumber,
                    $"negative_slope is {rectifier.Slope}, expected 0 or more",
                    "use a ReLU layer of its own, which takes any slope");
            }
        }

        return engine;
    }

    /// <inheritdoc/>
    protected override long OutSize(int size, int axis) => Window.OutSize(size, axis);

    /// <inheritdoc/>
    protected override void Prepare(ReadOnlySpan<int> bottom, ReadOnlySpan<int> top) => Engine.Prepare(bottom);

    private IConvolutionEngine ChooseEngine()
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

    // Returns the gradient before the rectifier: the top tells where it was above 0.
    private float* Rectified(Blob top)
    {
        if (rectified is null || rectified.Length < top.Count)
        {
            rectified = new AlignedBuffer(top.Count);
        }

        float* y = top.DataPointer;
        UnaryKernel.Backward(rectifier, y, y, top.DiffPointer, rectified.Pointer, top.Count, Context.Pool);
        return rectified.Pointer;
    }
}
