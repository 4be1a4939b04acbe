using Cnn.Layers;
using Cnn.Layers.Plugins;

namespace Cnn.Tests.Api;

public sealed record SquareplusOptions(float B = 4);

[LayerType("Squareplus")]
public sealed class SquareplusLayer(LayerContext context) : Layer(context)
{
    private readonly float b = PluginOptions.Bind<SquareplusOptions>(context).B;

    public override BlobCount BottomCount => BlobCount.Exactly(1);

    public override BlobCount TopCount => BlobCount.Exactly(1);

    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        tops[0].ReshapeLike(bottoms[0]);

    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        ReadOnlySpan<float> x = bottoms[0].Data;
        Span<float> y = tops[0].Data;
        for (int i = 0; i < x.Length; i++)
        {
            y[i] = (x[i] + MathF.Sqrt((x[i] * x[i]) + b)) / 2;
        }
    }

    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        ReadOnlySpan<float> x = bottoms[0].Data, dy = tops[0].Diff;
        Span<float> dx = bottoms[0].Diff;
        for (int i = 0; propagateDown[0] && i < x.Length; i++)
        {
            dx[i] = dy[i] * (1 + (x[i] / MathF.Sqrt((x[i] * x[i]) + b))) / 2;
        }
    }
}
