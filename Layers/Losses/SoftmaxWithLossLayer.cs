using Cnn.Layers.Kernels.Softmax;
using Cnn.Proto;

namespace Cnn.Layers.Losses;

/// <summary>
/// Softmax and the multinomial logistic loss of it in one: <c>L = -sum log(max(p_label, FLT_MIN)) / Z</c> over the
/// positions whose label is not <c>ignore_label</c>, <c>dx = (p - onehot) w / Z</c>. Bottoms: scores [.., C, ..] with the
/// classes on <c>softmax_param.axis</c> (1), labels with one value a position. A second top gets the probabilities.
/// </summary>
[LayerType("SoftmaxWithLoss")]
public sealed unsafe class SoftmaxWithLossLayer(LayerContext context) : LossLayer(context)
{
    private readonly Blob probabilities = new();
    private int axis;
    private int outer;
    private int channels;
    private int inner;
    private float normalizer;

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Between(1, 2);

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        base.Reshape(bottoms, tops);
        axis = CanonicalAxis(bottoms[0], Parameter.SoftmaxParam?.Axis ?? 1, "softmax axis");
        (outer, channels, inner) = (bottoms[0].CountOf(0, axis), bottoms[0].Dim(axis), bottoms[0].CountOf(axis + 1));
        if (bottoms[1].Count != outer * inner)
        {
            throw Context.Error(
                $"scores '{Parameter.Bottom[0]}' of shape {bottoms[0].ShapeText} need {outer * inner} labels, but "
                + $"'{Parameter.Bottom[1]}' has shape {bottoms[1].ShapeText}",
                "one label for each position of the scores without the class axis");
        }

        probabilities.ReshapeLike(bottoms[0]);
        if (tops.Count > 1)
        {
            tops[1].ReshapeLike(bottoms[0]);
            tops[1].ShareData(probabilities);
        }
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        float* p = probabilities.DataPointer;
        SoftmaxKernel.Forward(bottoms[0].DataPointer, p, outer, channels, inner, Context.Pool);
        Span<float> labels = bottoms[1].Data;
        double loss = 0;
        int valid = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            if (LabelAt(labels, i) is var label && label >= 0)
            {
                loss -= Math.Log(Math.Max(p[Position(i, label)], 1.17549435e-38f));
                valid++;
            }
        }

        normalizer = Normalizer(Mode(Parameter.LossParam), outer, inner, valid);
        tops[0].Data[0] = (float)(loss / normalizer);
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        RefuseLabelGradient(propagateDown);
        if (!propagateDown[0])
        {
            return;
        }

        float scale = tops[0].Diff[0] / normalizer;
        Span<float> labels = bottoms[1].Data;
        Span<float> p = probabilities.Data, dx = bottoms[0].Diff;
        for (int i = 0; i < p.Length; i++)
        {
            dx[i] = p[i] * scale;
        }

        for (int i = 0; i < labels.Length; i++)
        {
            int label = LabelAt(labels, i);
            if (label >= 0)
            {
                dx[Position(i, label)] -= scale;
                continue;
            }

            for (int c = 0; c < channels; c++)
            {
                dx[Position(i, c)] = 0;
            }
        }
    }

    private static LossParameter.Types.NormalizationMode Mode(LossParameter? loss) =>
        loss is null ? LossParameter.Types.NormalizationMode.Valid
        : loss.HasNormalization || !loss.HasNormalize ? loss.Normalization
        : loss.Normalize ? LossParameter.Types.NormalizationMode.Valid
        : LossParameter.Types.NormalizationMode.BatchSize;

    private int Position(int index, int channel) => (((index / inner * channels) + channel) * inner) + (index % inner);

    // The label of a position; -1 when it is to be ignored.
    private int LabelAt(ReadOnlySpan<float> labels, int index)
    {
        int label = (int)labels[index];
        if (Parameter.LossParam is { HasIgnoreLabel: true } loss && label == loss.IgnoreLabel)
        {
            return -1;
        }

        return label >= 0 && label < channels
            ? label
            : throw Context.Error(
                $"label {labels[index]} at position {index} of '{Parameter.Bottom[1]}' is not one of {channels} classes",
                $"labels are 0 to {channels - 1}");
    }
}
