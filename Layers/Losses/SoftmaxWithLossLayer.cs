using Cnn.Layers.Kernels.Losses;
using Cnn.Proto;

namespace Cnn.Layers.Losses;

/// <summary>
/// Softmax and its multinomial logistic loss in one: <c>L = -sum log(max(p_label, FLT_MIN)) / Z</c> over the positions
/// whose label is not <c>ignore_label</c>, <c>dx = (p - onehot) w / Z</c>. Bottoms: scores [.., C, ..] with the classes
/// on <c>softmax_param.axis</c> (1), labels with one value per position. A second top gets the probabilities. Z is the
/// number of valid positions unless <c>loss_param</c> says otherwise. With <c>label_smoothing</c> e the target is not
/// onehot but <c>(1 - e) onehot + e / C</c> (Szegedy et al., "Rethinking the Inception architecture", CVPR 2016).
/// </summary>
[LayerType("SoftmaxWithLoss")]
internal sealed unsafe class SoftmaxWithLossLayer(LayerContext context) : SoftmaxLossLayer(context)
{
    /// <inheritdoc/>
    protected override int ClassAxis => Parameter.SoftmaxParam?.Axis ?? 1;

    private float Smoothing => Parameter.LossParam?.LabelSmoothing ?? 0;

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (Parameter.SoftmaxParam is { HasNormalizeType: true, NormalizeType: not "Softmax" } softmax)
        {
            throw Context.Error(
                softmax,
                SoftmaxParameter.NormalizeTypeFieldNumber,
                $"normalize_type is '{softmax.NormalizeType}'",
                "this loss is that of a softmax");
        }

        if (!(Smoothing is >= 0 and < 1))
        {
            throw Context.Error(
                Parameter.LossParam,
                LossParameter.LabelSmoothingFieldNumber,
                $"label_smoothing is {Smoothing}",
                "it is a share of the target, from 0 up to, but not including, 1");
        }
    }

    /// <inheritdoc/>
    private protected override double Sum(IReadOnlyList<Blob> bottoms, float* p, int* classes)
    {
        double sum = LogLossKernel.Sum(
            p, classes, Outer, Channels, Inner, LogLossKernel.SmallestNormal, Context.Pool);
        return Smoothing == 0 ? sum
            : ((1 - (double)Smoothing) * sum) + (Smoothing / (double)Channels * LogLossKernel.SumOfAll(
                p, classes, Outer, Channels, Inner, LogLossKernel.SmallestNormal, Context.Pool));
    }

    /// <inheritdoc/>
    private protected override void Gradient(
        IReadOnlyList<Blob> bottoms, float* p, int* classes, float* dx, float scale) =>
        LogLossKernel.SoftmaxGradient(p, classes, dx, Outer, Channels, Inner, scale, Context.Pool, Smoothing);
}
