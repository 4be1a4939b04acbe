namespace Cnn.Layers.Losses;

/// <summary>
/// The share of sequences that are read without a fault: the best symbol of each step, where runs of a symbol become
/// one and those that are <c>blank_label</c> are taken out, must be the labels without blanks. Bottoms: scores [N, T,
/// C] and labels [N, L]. Not differentiable. From the fork of Caffe that comes with CRNN (Shi, Bai and Yao 2015).
/// </summary>
[LayerType("LabelsequenceAccuracy")]
internal sealed class LabelsequenceAccuracyLayer(LayerContext context) : Layer(context)
{
    private readonly int blank = context.Parameter.LabelsequenceAccuracyParam?.BlankLabel ?? 0;

    /// <inheritdoc/>
    public override bool HasGradient => false;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(2);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob scores = bottoms[0], labels = bottoms[1];
        if (scores.AxisCount < 3 || scores.CountOf(2) == 0)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {scores.ShapeText}", "scores are [N, T, C]");
        }

        if (labels.AxisCount == 0 || labels.Dim(0) != scores.Dim(0))
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[1]}' has shape {labels.ShapeText}",
                $"labels are [N, L], here for {scores.Dim(0)} sequences");
        }

        tops[0].Reshape();
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        int items = bottoms[0].Dim(0), right = 0, values = bottoms[0].CountOf(1), length = bottoms[1].CountOf(1);
        for (int item = 0; item < items; item++)
        {
            right += IsRight(
                bottoms[0].Data.Slice(item * values, values),
                bottoms[0].CountOf(2),
                bottoms[1].Data.Slice(item * length, length)) ? 1 : 0;
        }

        tops[0].Data[0] = items == 0 ? 0 : (float)right / items;
    }

    private bool IsRight(ReadOnlySpan<float> scores, int symbols, ReadOnlySpan<float> labels)
    {
        int previous = blank, next = 0;
        for (; scores.Length > 0; scores = scores[symbols..])
        {
            int best = Best(scores[..symbols]);
            if (best != previous && best != blank)
            {
                next = SkipBlanks(labels, next);
                if (next == labels.Length || (int)labels[next++] != best)
                {
                    return false;
                }
            }

            previous = best;
        }

        return SkipBlanks(labels, next) == labels.Length;
    }

    private int SkipBlanks(ReadOnlySpan<float> labels, int at)
    {
        while (at < labels.Length && labels[at] == blank)
        {
            at++;
        }

        return at;
    }

    private static int Best(ReadOnlySpan<float> scores)
    {
        int best = 0;
        for (int c = 1; c < scores.Length; c++)
        {
            best = scores[c] > scores[best] ? c : best;
        }

        return best;
    }
}
