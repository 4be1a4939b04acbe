namespace Cnn.Campaigns.References.Normalization;

/// <summary>A blob [N, C, ...] as its channels see it: which values belong to each, and their sums.</summary>
internal sealed class ChannelView(ReferenceBlob blob)
{
    private readonly int inner = blob.CountOf(2);

    /// <summary>The number of channels.</summary>
    public int Channels { get; } = blob.Shape[1];

    /// <summary>The number of values of a channel.</summary>
    public int Values => blob.Shape[0] * inner;

    /// <summary>Returns the positions of a channel's values in the blob's data.</summary>
    public IEnumerable<int> Of(int channel)
    {
        for (int n = 0; n < blob.Shape[0]; n++)
        {
            for (int i = 0; i < inner; i++)
            {
                yield return (((n * Channels) + channel) * inner) + i;
            }
        }
    }

    /// <summary>Returns the mean of a channel's values.</summary>
    public double Mean(int channel) => Of(channel).Sum(i => blob.Data[i]) / Values;

    /// <summary>Returns the biased variance of a channel's values.</summary>
    public double Variance(int channel)
    {
        double mean = Mean(channel);
        return Of(channel).Sum(i => Math.Pow(blob.Data[i] - mean, 2)) / Values;
    }

    /// <summary>
    /// Computes the gradient of a normalisation by a channel's own statistics, given that of the normalised values:
    /// <c>dx = (g - mean(g) - xhat mean(g xhat)) / deviation</c>.
    /// </summary>
    /// <param name="channel">The channel.</param>
    /// <param name="gradient">The gradient of the normalised values, by position.</param>
    /// <param name="normalised">The normalised values, by position.</param>
    /// <param name="deviation">What the values are divided by.</param>
    /// <param name="to">Receives the gradient, by position.</param>
    public void Backward(
        int channel, Func<int, double> gradient, Func<int, double> normalised, double deviation, double[] to)
    {
        double mean = Of(channel).Sum(gradient) / Values;
        double projection = Of(channel).Sum(i => gradient(i) * normalised(i)) / Values;
        foreach (int i in Of(channel))
        {
            to[i] = (gradient(i) - mean - (normalised(i) * projection)) / deviation;
        }
    }
}
