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
public sealed class SnakeLayer(LayerContext context) : Layer(context)
{
    private readonly SnakeOptions options = PluginOptions.Bind<SnakeOptions>(context);

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

        int channels = bottoms[0].Dim(CanonicalAxis(bottoms[0], 1, "the channel axis"));
        AddBlob(new FillerParameter { Type = "constant", Value = options.Alpha }, channels);
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) => tops[0].ReshapeLike(bottoms[0]);

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        ReadOnlySpan<float> x = bottoms[0].Data;
        Span<float> y = tops[0].Data;
        for (int i = 0; i < x.Length; i++)
        {
            float alpha = Alpha(bottoms[0], i);
            float sine = MathF.Sin(alpha * x[i]);
            y[i] = x[i] + (sine * sine / alpha);
        }
    }

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
                float alpha = Alpha(bottoms[0], i);
                float sine = MathF.Sin(alpha * x[i]);
                dAlpha[Channel(bottoms[0], i)] +=
                    dy[i] * ((x[i] * MathF.Sin(2 * alpha * x[i])) - (sine * sine / alpha)) / alpha;
            }
        }

        if (propagateDown[0])
        {
            Span<float> dx = bottoms[0].Diff;
            for (int i = 0; i < x.Length; i++)
            {
                dx[i] = dy[i] * (1 + MathF.Sin(2 * Alpha(bottoms[0], i) * x[i]));
            }
        }
    }

    private float Alpha(Blob bottom, int index) =>
        options.Learned ? Blobs[0].Data[Channel(bottom, index)] : options.Alpha;

    private static int Channel(Blob bottom, int index) => index / bottom.CountOf(2) % bottom.Dim(1);
}
