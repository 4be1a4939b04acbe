using Cnn.Proto;

namespace Cnn.Layers.Losses;

/// <summary>
/// The share of positions whose true class is among the <c>top_k</c> best scores. A prediction is right when fewer than
/// top_k other classes score as much as the true one or more, so ties count against it. Ignored labels count nowhere;
/// without a valid label the accuracy is 0. A second top [C] gets the accuracy of each class. Not differentiable.
/// </summary>
[LayerType("Accuracy")]
public sealed class AccuracyLayer(LayerContext context) : Layer(context)
{
    private readonly AccuracyParameter options = context.Parameter.AccuracyParam ?? new AccuracyParameter();
    private int[] classCounts = [];
    private int outer;
    private int channels;
    private int inner;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(2);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Between(1, 2);

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        int axis = CanonicalAxis(bottoms[0], options.Axis);
        (outer, channels, inner) = (bottoms[0].CountOf(0, axis), bottoms[0].Dim(axis), bottoms[0].CountOf(axis + 1));
        if (options.TopK < 1 || options.TopK > channels)
        {
            throw Context.Error(
                options,
                AccuracyParameter.TopKFieldNumber,
                $"top_k is {options.TopK}, but '{Parameter.Bottom[0]}' of shape {bottoms[0].ShapeText} has {channels} classes");
        }

        if (bottoms[1].Count != outer * inner)
        {
            throw Context.Error(
                $"scores '{Parameter.Bottom[0]}' of shape {bottoms[0].ShapeText} need {outer * inner} labels, but "
                + $"'{Parameter.Bottom[1]}' has shape {bottoms[1].ShapeText}",
                "one label for each position of the scores without the class axis");
        }

        tops[0].Reshape();
        if (tops.Count > 1)
        {
            tops[1].Reshape(channels);
            Array.Resize(ref classCounts, channels);
        }
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        ReadOnlySpan<float> scores = bottoms[0].Data, labels = bottoms[1].Data;
        Span<float> perClass = tops.Count > 1 ? tops[1].Data : default;
        perClass.Clear();
        Array.Clear(classCounts);
        int valid = 0, right = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            int label = (int)labels[i];
            if (options.HasIgnoreLabel && label == options.IgnoreLabel)
            {
                continue;
            }

            if (label < 0 || label >= channels)
            {
                throw Context.Error(
                    $"label {labels[i]} at position {i} of '{Parameter.Bottom[1]}' is not one of {channels} classes",
                    $"labels are 0 to {channels - 1}");
            }

            bool isRight = IsRight(scores, (i / inner * channels * inner) + (i % inner), label);
            valid++;
            right += isRight ? 1 : 0;
            if (tops.Count > 1)
            {
                classCounts[label]++;
                perClass[label] += isRight ? 1 : 0;
            }
        }

        tops[0].Data[0] = valid == 0 ? 0 : (float)right / valid;
        for (int c = 0; c < perClass.Length; c++)
        {
            perClass[c] = classCounts[c] == 0 ? 0 : perClass[c] / classCounts[c];
        }
    }

    private bool IsRight(ReadOnlySpan<float> scores, int start, int label)
    {
        float own = scores[start + (label * inner)];
        int better = 0;
        for (int c = 0; c < channels; c++)
        {
            // Written so that a score that is not a number, on either side, counts against it too.
            better += c != label && !(scores[start + (c * inner)] < own) ? 1 : 0;
        }

        return better < options.TopK;
    }
}
