using Cnn.Layers.Data.Digits;
using Cnn.Layers.Data.Transform;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Layers.Data;

/// <summary>
/// <c>Digits</c>: handwritten-looking digits drawn as they are needed, a data set without files. Tops: images
/// [N, 1, 28, 28] and, if named, labels [N]. Image i of a pass is number first + (pass * N + i) of the stream of
/// <c>seed</c>, starting again after <c>count</c> where that is given.
/// </summary>
[LayerType("Digits")]
internal sealed unsafe class DigitsLayer : Layer
{
    private readonly DataTransformer transformer;
    private readonly DigitsParameter parameter;
    private readonly ulong key;
    private int batch;

    /// <summary>Makes the layer.</summary>
    public DigitsLayer(LayerContext context)
        : base(context)
    {
        parameter = Parameter.DigitsParam ?? new DigitsParameter();
        transformer = new DataTransformer(context);
        key = DigitRenderer.Key(parameter.Seed);
    }

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(0);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Between(1, 2);

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        batch = BatchSize.Check(Context, parameter, DigitsParameter.BatchSizeFieldNumber, parameter.BatchSize);

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        ImageShape top = transformer.Prepare(new ImageShape(1, DigitRenderer.Side, DigitRenderer.Side));
        tops[0].Reshape(batch, top.Channels, top.Height, top.Width);
        if (tops.Count > 1)
        {
            tops[1].Reshape(batch);
        }
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        var load = new Load
        {
            Layer = this,
            Images = tops[0].DataPointer,
            Stride = tops[0].CountOf(1),
            Labels = tops.Count > 1 ? tops[1].DataPointer : null,
        };
        Context.Pool.Run(batch, ref load);
    }

    private void LoadItem(int item, float* target, float* label)
    {
        ulong index = ((ulong)Context.Clock.Pass * (ulong)batch) + (ulong)item;
        ulong place = parameter.Count > 0 ? index % parameter.Count : index;
        Span<byte> pixels = stackalloc byte[DigitRenderer.Side * DigitRenderer.Side];
        int digit = DigitRenderer.Draw(key, unchecked(parameter.First + place), pixels);
        transformer.Transform(pixels, (long)index, target);
        if (label != null)
        {
            *label = digit;
        }
    }

    private struct Load : IParts
    {
        public DigitsLayer Layer;
        public float* Images;
        public float* Labels;
        public int Stride;

        public readonly void Run(int part, int worker) =>
            Layer.LoadItem(part, Images + ((long)part * Stride), Labels == null ? null : Labels + part);
    }
}
