using Cnn.Proto;

namespace Cnn.Layers.Recurrent;

/// <summary>
/// The sequence markers of a batch whose sequences all begin at its first step: a top [time_step, batch_size] of 0 in
/// the first row and 1 in all others. No bottoms. From the fork of Caffe that comes with Shi, Bai and Yao's CRNN ("An
/// end-to-end trainable neural network for image-based sequence recognition", 2015).
/// </summary>
[LayerType("ContinuationIndicator")]
internal sealed class ContinuationIndicatorLayer(LayerContext context) : Layer(context)
{
    private int steps;
    private int streams;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(0);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override bool HasGradient => false;

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        ContinuationIndicatorParameter options =
            Parameter.ContinuationIndicatorParam ?? new ContinuationIndicatorParameter();
        steps = SizeField.Check(
            Context, options, ContinuationIndicatorParameter.TimeStepFieldNumber, "time_step", options.TimeStep);
        streams = SizeField.Check(
            Context, options, ContinuationIndicatorParameter.BatchSizeFieldNumber, "batch_size", options.BatchSize);
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        ShapeTop(tops, 0, [steps, streams]);

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        tops[0].Data[..streams].Clear();
        tops[0].Data[streams..].Fill(1);
    }
}
