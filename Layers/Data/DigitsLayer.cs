using Cnn.Layers.Data.Digits;
using Cnn.Layers.Data.Transform;
using Cnn.Proto;

namespace Cnn.Layers.Data;

/// <summary>
/// <c>Digits</c>: handwritten-looking digits drawn as they are needed, a data set without files. Tops: images
/// [N, 1, 28, 28] and, if named, labels [N]. Image i of a pass is number first + (pass * N + i) of the stream of
/// <c>seed</c>, starting again after <c>count</c> where that is given.
/// </summary>
[LayerType("Digits")]
internal sealed class DigitsLayer : ImageSourceLayer
{
    private static readonly ImageShape Shape = new(1, DigitRenderer.Side, DigitRenderer.Side);

    private readonly DigitsParameter parameter;
    private readonly ulong key;

    /// <summary>Makes the layer.</summary>
    public DigitsLayer(LayerContext context)
        : this(context, context.Parameter.DigitsParam ?? new DigitsParameter())
    {
    }

    private DigitsLayer(LayerContext context, DigitsParameter parameter)
        : base(context, new SourceOptions(
            parameter, 0, DigitsParameter.BatchSizeFieldNumber, parameter.BatchSize, parameter.Prefetch)) =>
        (this.parameter, key) = (parameter, DigitRenderer.Key(parameter.Seed));

    // A count larger than can ever be drawn sets no end.
    private protected override long Count => parameter.Count <= long.MaxValue ? (long)parameter.Count : 0;

    private protected override void Open(bool hasLabels)
    {
    }

    private protected override ImageShape ShapeOf(long item, int worker) => Shape;

    private protected override void Load(long item, int worker, ImageTarget target)
    {
        Span<byte> pixels = stackalloc byte[DigitRenderer.Side * DigitRenderer.Side];
        int digit = DigitRenderer.Draw(key, unchecked(parameter.First + (ulong)item), pixels);
        target.Transform(Shape, pixels, digit);
    }

    private protected override string NameOf(long item) => $"digit {unchecked(parameter.First + (ulong)item)}";
}
