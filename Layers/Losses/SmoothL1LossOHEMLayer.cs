using Cnn.Layers.Kernels.Losses;
using Mode = Cnn.Proto.LossParameter.Types.NormalizationMode;

namespace Cnn.Layers.Losses;

/// <summary>
/// The smooth L1 loss with the loss of each region, for online hard example mining: bottoms predictions [N, C, H, W],
/// targets and, if given, weights w; tops <c>L = sum f(w (x0 - x1)) / Z</c> and, if named, the sums over the channels
/// [N, 1, H, W]. f is that of SmoothL1Loss with sigma 1. Z counts the positions (FULL and VALID, the default) or as
/// <c>loss_param</c> says. The gradient is <c>f'(d) w0 / Z</c> with the loss weight w0: as in the fork, the weights do
/// not come in a second time. From Dai et al., "R-FCN", NIPS 2016, and Shrivastava et al., CVPR 2016.
/// </summary>
/// <remarks>The loss weight is 0 unless given, as in the fork.</remarks>
[LayerType("SmoothL1LossOHEM")]
internal sealed unsafe class SmoothL1LossOHEMLayer(LayerContext context) : LossLayer(context)
{
    private const int MaxAxes = 4;

    private float normalizer = 1;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Between(2, 3);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Between(1, 2);

    /// <inheritdoc/>
    public override bool IsLoss => false;

    /// <inheritdoc/>
    public override string? GradientRule =>
        Parameter.Bottom.Count > 2 ? "the weights do not come in a second time, as in R-FCN's Caffe" : null;

    /// <inheritdoc/>
    public override bool AllowsForceBackward(int bottom) => bottom < 2;

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        base.Reshape(bottoms, tops);
        EqualShapes.Require(Context, bottoms, bottoms.Count, MaxAxes);
        if (tops.Count > 1)
        {
            Blob bottom = bottoms[0];
            ShapeTop(tops, 1, [bottom.LegacyDim(0), 1, bottom.LegacyDim(2), bottom.LegacyDim(3)]);
        }
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob bottom = bottoms[0];
        int outer = bottom.LegacyDim(0), channels = bottom.LegacyDim(1), inner = bottom.CountOf(2);
        float* a = bottom.DataPointer, b = bottoms[1].DataPointer, weights = Weights(bottoms);
        normalizer = Normalizer(Normalization(Mode.Valid), outer, inner, outer * inner);
        double sum = SmoothL1Kernel.Sum(a, b, weights, null, bottom.Count, 1, Context.Pool);
        tops[0].Data[0] = (float)(sum / normalizer);
        if (tops.Count > 1)
        {
            SmoothL1Kernel.SumChannels(
                a, b, weights, tops[1].DataPointer, outer, channels, inner, 1, Context.Pool);
        }
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        RefuseGradient(propagateDown, 2);
        float scale = tops[0].Diff[0] / normalizer;
        for (int which = 0; which < 2; which++)
        {
            if (propagateDown[which])
            {
                SmoothL1Kernel.Gradient(
                    bottoms[0].DataPointer, bottoms[1].DataPointer, Weights(bottoms), null, null,
                    bottoms[which].DiffPointer, bottoms[0].Count, 1, which == 0 ? scale : -scale, Context.Pool);
            }
        }
    }

    private static float* Weights(IReadOnlyList<Blob> bottoms) => bottoms.Count > 2 ? bottoms[2].DataPointer : null;
}
