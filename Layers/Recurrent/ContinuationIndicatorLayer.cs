using Cnn.Proto;

namespace Cnn.Layers.Recurrent;

/// <summary>
/// The sequence markers of a batch whose sequences all begin at its first step: a top [T, N] of 0 in the first row and
/// 1 in all others, where T is <c>time_step</c> and N is <c>batch_size</c> or, with a bottom, the size of its
/// <c>axis</c>. From the forks of Caffe that come with Shi, Bai and Yao's CRNN ("An end-to-end trainable neural network
/// for image-based sequence recognition", 2015; no bottom) and with DeepDetect (one).
/// </summary>
[LayerType("ContinuationIndicator")]
internal sealed class ContinuationIndicatorLayer(LayerContext context) : Layer(context)
{
    private readonly ContinuationIndicatorParameter options =
        context.Parameter.ContinuationIndicatorParam ?? new ContinuationIndicatorParameter();

    private int steps;
    private int streams;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Between(0, 1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override bool HasGradient => false;

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        steps = SizeField.Check(
            Context, options, ContinuationIndicatorParameter.TimeStepFieldNumber, "time_step", options.TimeStep);
        if (bottoms.Count == 0)
        {
            streams = SizeField.Check(
                Context, options, ContinuationIndicatorParameter.BatchSizeFieldNumber, "batch_size", options.BatchSize);
        }
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (bottoms.Count > 0)
        {
            streams = bottoms[0].Dim(CanonicalAxis(bottoms[0], options.Axis));
        }

        ShapeTop(tops, 0, [steps, streams]);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        tops[0].Data[..streams].Clear();
        tops[0].Data[streams..].Fill(1);
    }
}
