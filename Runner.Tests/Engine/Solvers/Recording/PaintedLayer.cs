using Cnn.Layers;

namespace Cnn.Tests.Engine.Solvers.Recording;

/// <summary>Data that knows its classes: images of one pixel, red, green, blue.</summary>
internal sealed class PaintedLayer(LayerContext context, string[] names, float[] pixels) : Layer(context)
{
    public override BlobCount BottomCount => BlobCount.Exactly(0);

    public override BlobCount TopCount => BlobCount.Exactly(1);

    public override IReadOnlyList<string> ClassNames => names;

    public override bool IsRedFirst => true;

    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        tops[0].Reshape(pixels.Length / 3, 3, 1, 1);

    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        pixels.CopyTo(tops[0].Data);
}
