using Cnn.Layers.Kernels.Losses;
using Cnn.Proto;

namespace Cnn.Layers.Losses;

/// <summary>
/// Softmax and its multinomial logistic loss in one: <c>L = -sum log(max(p_label, FLT_MIN)) / Z</c> over the positions
/// whose label is not <c>ignore_label</c>, <c>dx = (p - onehot) w / Z</c>. Bottoms: scores [.., C, ..] with the classes
/// on <c>softmax_param.axis</c> (1), labels with one value per position. A second top gets the probabilities. Z is the
/// number of valid positions unless <c>loss_param</c> says otherwise. With <c>label_smoothing</c> e the target is not
/// onehot but <c>(1 - e) onehot + e / C</c> (Szegedy et al., "Rethinking the Inception architecture", CVPR 2016). With
/// <c>weight_by_label_freqs</c> the loss and the gradient of each position count as much as <c>class_weighting</c> says
/// of its label; Z does not change (Badrinarayanan et al., "SegNet", 2015).
/// </summary>
[LayerType("SoftmaxWithLoss")]
internal sealed unsafe class SoftmaxWithLossLayer(LayerContext context) : SoftmaxLossLayer(context)
{
    // The weight of each position's class.
    private readonly Blob weights = new();

    /// <inheritdoc/>
    protected override int ClassAxis => Parameter.SoftmaxParam?.Axis ?? 1;

    private float Smoothing => Parameter.LossParam?.LabelSmoothing ?? 0;

    private bool IsWeighted => Parameter.LossParam?.WeightByLabelFreqs ?? false;

    private float* Weights => IsWeighted ? weights.DataPointer : null;

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

        if (IsWeighted && Smoothing != 0)
        {
            throw Context.Error(
                Parameter.LossParam,
                LossParameter.WeightByLabelFreqsFieldNumber,
                "weight_by_label_freqs and label_smoothing do not go together",
                "the one weighs a label, the other has a share of all");
        }
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        base.Reshape(bottoms, tops);
        if (!IsWeighted)
        {
            return;
        }

        if (Parameter.LossParam.ClassWeighting.Count != Channels)
        {
            throw Context.Error(
                Parameter.LossParam,
                LossParameter.ClassWeightingFieldNumber,
                $"class_weighting is given {Parameter.LossParam.ClassWeighting.Count} times for {Channels} classes",
                "weight_by_label_freqs takes a weight of each class");
        }

        weights.Reshape(Outer, Inner);
    }

    /// <inheritdoc/>
    private protected override double Sum(IReadOnlyList<Blob> bottoms, float* p, int* classes)
    {
        if (IsWeighted)
        {
            ReadWeights(classes);
        }

        double sum = LogLossKernel.Sum(
            p, classes, Outer, Channels, Inner, LogLossKernel.SmallestNormal, Context.Pool, Weights);
        return Smoothing == 0 ? sum
            : ((1 - (double)Smoothing) * sum) + (Smoothing / (double)Channels * LogLossKernel.SumOfAll(
                p, classes, Outer, Channels, Inner, LogLossKernel.SmallestNormal, Context.Pool));
    }

    /// <inheritdoc/>
    private protected override void Gradient(
        IReadOnlyList<Blob> bottoms, float* p, int* classes, float* dx, float scale) =>
        LogLossKernel.SoftmaxGradient(
            p, classes, dx, Outer, Channels, Inner, scale, Context.Pool, Smoothing, Weights);

    private void ReadWeights(int* classes)
    {
        IReadOnlyList<float> ofClasses = Parameter.LossParam.ClassWeighting;
        Span<float> ofPositions = weights.Data;
        for (int i = 0; i < ofPositions.Length; i++)
        {
            ofPositions[i] = classes[i] < 0 ? 0 : ofClasses[classes[i]];
        }
    }
}
