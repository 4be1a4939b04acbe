using Cnn.Layers;
using Cnn.Layers.Plugins;
using Cnn.Proto;

/// <summary>
/// A soft step, y = gain x / (1 + |x|), with a gain that each channel learns. The top has the shape of the bottom, such
/// as [N, C, H, W]; the gains are the layer's only parameter, of shape [C].
/// </summary>
/// <remarks>
/// A net asks for the layer by the name in <c>LayerType</c>. Add <c>Options = "some_param"</c> there, and nets may
/// write <c>some_param { ... }</c> for <c>plugin_param { ... }</c>.
/// </remarks>
[LayerType("SampleLayer")]
public sealed class SampleLayer : Layer
{
    private readonly SampleLayerOptions options;
    private int channels = 1;
    private int channelSize = 1;

    /// <summary>Creates the layer, once for each layer of this type in a net.</summary>
    public SampleLayer(LayerContext context)
        : base(context)
    {
        // Reads the options; a wrong one is an error with file, line and column.
        options = PluginOptions.Bind<SampleLayerOptions>(context);
    }

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <summary>Runs once, and creates the parameters. For mistakes of the user's throw Context.Error(...).</summary>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        channels = bottoms[0].Dim(CanonicalAxis(bottoms[0], 1, "the channel axis"));
        AddBlob(new FillerParameter { Type = "constant", Value = options.Gain }, channels);
    }

    /// <summary>Runs before every pass, and gives the tops their shapes.</summary>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        tops[0].ReshapeLike(bottoms[0]);
        channelSize = bottoms[0].CountOf(2);
    }

    /// <summary>Writes the tops' Data. It allocates nothing; LayerMath has loops that run on several threads.</summary>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        ReadOnlySpan<float> x = bottoms[0].Data, gain = Blobs[0].Data;
        Span<float> y = tops[0].Data;
        for (int i = 0; i < x.Length; i++)
        {
            y[i] = gain[Channel(i)] * x[i] / (1 + MathF.Abs(x[i]));
        }
    }

    /// <summary>Adds to the parameters' Diff, and overwrites that of the bottoms, each where it is asked for.</summary>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        ReadOnlySpan<float> x = bottoms[0].Data, dy = tops[0].Diff;
        if (NeedsGradient(0))
        {
            Span<float> dGain = Blobs[0].Diff;
            for (int i = 0; i < x.Length; i++)
            {
                dGain[Channel(i)] += dy[i] * x[i] / (1 + MathF.Abs(x[i]));
            }
        }

        if (propagateDown[0])
        {
            ReadOnlySpan<float> gain = Blobs[0].Data;
            Span<float> dx = bottoms[0].Diff;
            for (int i = 0; i < x.Length; i++)
            {
                float divisor = 1 + MathF.Abs(x[i]);
                dx[i] = dy[i] * gain[Channel(i)] / (divisor * divisor);
            }
        }
    }

    private int Channel(int index) => index / channelSize % channels;
}
