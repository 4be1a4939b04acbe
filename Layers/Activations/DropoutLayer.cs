using Cnn.Layers.Kernels.Dropout;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Proto;

namespace Cnn.Layers.Activations;

/// <summary>
/// Dropout: in TRAIN each value is kept with probability <c>1 - dropout_ratio</c> and divided by it, otherwise set to
/// 0; in TEST the top equals the bottom. The mask is a function of (seed, layer name, pass). Works in place.
/// </summary>
/// <remarks>
/// With <c>scale_train: false</c> (Fast R-CNN's Caffe) kept values stay as they are in TRAIN, and TEST multiplies all
/// by the probability. <c>sample_weights_test</c> (SegNet's) drops values in TEST as in TRAIN, for samples of what the
/// net is not sure of: Kendall, Badrinarayanan and Cipolla, "Bayesian SegNet", 2015.
/// </remarks>
[LayerType("Dropout")]
internal sealed unsafe class DropoutLayer : Layer
{
    private readonly float ratio;
    private readonly bool scalesInTraining;
    private readonly bool drops;
    private readonly ulong key;
    private long pass;

    /// <exception cref="CnnException">The ratio is not in [0, 1).</exception>
    public DropoutLayer(LayerContext context)
        : base(context)
    {
        ratio = Parameter.DropoutParam?.DropoutRatio ?? 0.5f;
        scalesInTraining = Parameter.DropoutParam?.ScaleTrain ?? true;
        drops = Phase == Phase.Train || Parameter.DropoutParam is { SampleWeightsTest: true };
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
        new(0, 0, IsView: !drops && scalesInTraining && tops[0].SharesDataWith(bottoms[0]));

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
        if (drops)
        {
            ulong threshold = (ulong)((1.0 - ratio) * (1UL << 32));
            float scale = scalesInTraining ? 1 / (1 - ratio) : 1;
            DropoutKernel.Apply(from, to, count, threshold, scale, key, (ulong)pass, Context.Pool);
        }
        else if (!scalesInTraining)
        {
            EltwiseKernel.Run(new Multiple(1 - ratio), from, from, to, count, Context.Pool);
        }
        else if (from != to)
        {
            new ReadOnlySpan<float>(from, count).CopyTo(new Span<float>(to, count));
        }
    }
}
