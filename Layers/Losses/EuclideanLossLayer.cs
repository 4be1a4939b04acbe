namespace Cnn.Layers.Losses;

/// <summary>
/// Half the mean squared distance: <c>L = sum (x0 - x1)^2 / (2 N)</c>, N the items (not the features). Gradients for both
/// bottoms: <c>w (x0 - x1) / N</c> and its negative.
/// </summary>
[LayerType("EuclideanLoss")]
public sealed class EuclideanLossLayer(LayerContext context) : LossLayer(context)
{
    /// <inheritdoc/>
    public override bool AllowsForceBackward(int bottom) => true;

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        base.Reshape(bottoms, tops);
        if (bottoms[0].Count != bottoms[1].Count)
        {
            throw Context.Error(
                $"bottoms '{Parameter.Bottom[0]}' of shape {bottoms[0].ShapeText} and '{Parameter.Bottom[1]}' of shape "
                + $"{bottoms[1].ShapeText} differ in the values of an item");
        }
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        ReadOnlySpan<float> a = bottoms[0].Data, b = bottoms[1].Data;
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            double difference = (double)a[i] - b[i];
            sum += difference * difference;
        }

        tops[0].Data[0] = (float)(sum / 2 / bottoms[0].LegacyDim(0));
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        float scale = tops[0].Diff[0] / bottoms[0].LegacyDim(0);
        ReadOnlySpan<float> a = bottoms[0].Data, b = bottoms[1].Data;
        for (int which = 0; which < 2; which++)
        {
            if (!propagateDown[which])
            {
                continue;
            }

            float sign = which == 0 ? scale : -scale;
            Span<float> diff = bottoms[which].Diff;
            for (int i = 0; i < diff.Length; i++)
            {
                diff[i] = sign * (a[i] - b[i]);
            }
        }
    }
}
