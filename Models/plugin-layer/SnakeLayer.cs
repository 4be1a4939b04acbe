using Cnn.Layers;
using Cnn.Layers.Plugins;
using Cnn.Proto;

namespace PluginLayer;

/// <summary>
/// The Snake activation, y = x + sin²(alpha x) / alpha, which keeps a periodic part where ReLU cannot: L. Ziyin,
/// T. Hartwig, M. Ueda, "Neural Networks Fail to Learn Periodic Functions and How to Fix It", 2020, equation 3. The top
/// has the bottom's shape. With <c>learned</c> each channel has an alpha, the layer's only parameter, of shape [C].
/// </summary>
[LayerType("Snake")]
[PythonLayer("snake", "SnakeLayer")]
public sealed class SnakeLayer : Layer
{
    private readonly SnakeOptions options;
    private readonly LayerMath math;

    // Made once, since passes allocate nothing.
    private readonly LayerMath.ElementFunction forward;
    private readonly LayerMath.ElementFunctionOfTwo backward;

    private int channels = 1;
    private int channelSize = 1;

    /// <summary>Makes the layer.</summary>
    public SnakeLayer(LayerContext context)
        : base(context)
    {
        options = PluginOptions.Bind<SnakeOptions>(context);
        math = new LayerMath(context);
        (forward, backward) = (Snake, SnakeGradient);
    }

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (!options.Learned)
        {
            return;
        }

        channels = bottoms[0].Dim(CanonicalAxis(bottoms[0], 1, "the channel axis"));
        AddBlob(new FillerParameter { Type = "constant", Value = options.Alpha }, channels);
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        tops[0].ReshapeLike(bottoms[0]);
        channelSize = bottoms[0].CountOf(2);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        math.Map(bottoms[0].Data, tops[0].Data, forward);

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        ReadOnlySpan<float> x = bottoms[0].Data;
        ReadOnlySpan<float> dy = tops[0].Diff;
        if (options.Learned && NeedsGradient(0))
        {
            Span<float> dAlpha = Blobs[0].Diff;
            for (int i = 0; i < x.Length; i++)
            {
                float alpha = Alpha(i);
                float sine = MathF.Sin(alpha * x[i]);
                dAlpha[Channel(i)] +=
                    dy[i] * ((x[i] * MathF.Sin(2 * alpha * x[i])) - (sine * sine / alpha)) / alpha;
            }
        }

        if (propagateDown[0])
        {
            math.Map(x, dy, bottoms[0].Diff, backward);
        }
    }

    private void Snake(ReadOnlySpan<float> x, Span<float> y, int first)
    {
        for (int i = 0; i < x.Length; i++)
        {
            float alpha = Alpha(first + i);
            float sine = MathF.Sin(alpha * x[i]);
            y[i] = x[i] + (sine * sine / alpha);
        }
    }

    private void SnakeGradient(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dx, int first)
    {
        for (int i = 0; i < x.Length; i++)
        {
            dx[i] = dy[i] * (1 + MathF.Sin(2 * Alpha(first + i) * x[i]));
        }
    }

    private float Alpha(int index) => options.Learned ? Blobs[0].Data[Channel(index)] : options.Alpha;

    private int Channel(int index) => index / channelSize % channels;
}
