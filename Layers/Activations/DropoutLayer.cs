using Cnn.Layers.Kernels.Dropout;
using Cnn.Proto;

namespace Cnn.Layers.Activations;

/// <summary>
/// Dropout: in TRAIN each value is kept with probability <c>1 - dropout_ratio</c> and divided by it, otherwise set to
/// 0; in TEST the top equals the bottom. The mask is a function of (seed, layer name, pass). Works in place.
/// </summary>
[LayerType("Dropout")]
internal sealed unsafe class DropoutLayer : Layer
{
    private readonly float ratio;
    private readonly ulong key;
    private long pass;

    /// <exception cref="CnnException">The ratio is not in [0, 1).</exception>
    public DropoutLayer(LayerContext context)
        : base(context)
    {
        ratio = Parameter.DropoutParam?.DropoutRatio ?? 0.5f;
        key = context.Random.Key(Name, "mask");
        if (!(ratio >= 0 && ratio < 1))
        {
            throw context.Error(
                Parameter.DropoutParam,
                DropoutParameter.DropoutRatioFieldNumber,
                $"dropout_ratio is {ratio}",
                "it must be 0 or more and below 1");
        }
    }

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override bool AllowsInPlace => true;

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        tops[0].ReshapeLike(bottoms[0]);

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        pass = Context.Clock.Pass;
        Apply(bottoms[0].DataPointer, tops[0].DataPointer, bottoms[0].Count);
    }

    /// <inheritdoc/>
    public override LayerCost Cost(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        new(0, 0, IsView: Phase != Phase.Train && tops[0].SharesDataWith(bottoms[0]));

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (propagateDown[0])
        {
            Apply(tops[0].DiffPointer, bottoms[0].DiffPointer, bottoms[0].Count);
        }
    }

    private void Apply(float* from, float* to, int count)
    {
        if (Phase == Phase.Train)
        {
            ulong threshold = (ulong)((1.0 - ratio) * (1UL << 32));
            DropoutKernel.Apply(from, to, count, threshold, 1 / (1 - ratio), key, (ulong)pass, Context.Pool);
        }
        else if (from != to)
        {
            new ReadOnlySpan<float>(from, count).CopyTo(new Span<float>(to, count));
        }
    }
}
