using Cnn.Layers.Kernels.Losses;

namespace Cnn.Layers.Losses;

/// <summary>
/// SoftmaxWithLoss with the loss of each position, for online hard example mining: a third top, of the labels' shape,
/// gets <c>-log(max(p_label, FLT_MIN))</c>, 0 where the label is ignored. Only the first top is a loss. From Dai et
/// al., "R-FCN: Object detection via region-based fully convolutional networks", NIPS 2016.
/// </summary>
[LayerType("SoftmaxWithLossOHEM")]
internal sealed unsafe class SoftmaxWithLossOHEMLayer(LayerContext context) : SoftmaxLossLayer(context)
{
    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Between(1, 3);

    /// <inheritdoc/>
    protected override int ClassAxis => Parameter.SoftmaxParam?.Axis ?? 1;

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        base.Reshape(bottoms, tops);
        if (tops.Count > 2)
        {
            tops[2].ReshapeLike(bottoms[1]);
        }
    }

    /// <inheritdoc/>
    private protected override double Sum(IReadOnlyList<Blob> bottoms, float* p, int* classes) =>
        LogLossKernel.Sum(p, classes, Outer, Channels, Inner, LogLossKernel.SmallestNormal, Context.Pool);

    /// <inheritdoc/>
    private protected override void Each(float* p, int* classes, IReadOnlyList<Blob> tops)
    {
        if (tops.Count > 2)
        {
            LogLossKernel.Each(
                p, classes, tops[2].DataPointer, Outer, Channels, Inner, LogLossKernel.SmallestNormal, Context.Pool);
        }
    }

    /// <inheritdoc/>
    private protected override void Gradient(
        IReadOnlyList<Blob> bottoms, float* p, int* classes, float* dx, float scale) =>
        LogLossKernel.SoftmaxGradient(p, classes, dx, Outer, Channels, Inner, scale, Context.Pool);
}
