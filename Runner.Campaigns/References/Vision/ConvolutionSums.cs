namespace Cnn.Campaigns.References.Vision;

/// <summary>The sums of convolutions, over planes that lie one after another.</summary>
internal static class ConvolutionSums
{
    /// <summary>
    /// Returns the correlation of the windows of one plane with one kernel, added to what is there: the window w gets the sum over the taps
    /// of weight times pixel.
    /// </summary>
    public static void Gather(
        int[][] taps, ReadOnlySpan<double> plane, ReadOnlySpan<double> weights, Span<double> windows, Span<double> magnitudes)
    {
        for (int w = 0; w < taps.Length; w++)
        {
            for (int tap = 0; tap < weights.Length; tap++)
            {
                if (taps[w][tap] >= 0)
                {
                    double term = weights[tap] * plane[taps[w][tap]];
                    windows[w] += term;
                    magnitudes[w] += Math.Abs(term);
                }
            }
        }
    }

    /// <summary>The transpose of <see cref="Gather"/>: each window spreads its value times the weights over a plane.</summary>
    public static void Scatter(
        int[][] taps, ReadOnlySpan<double> windows, ReadOnlySpan<double> weights, Span<double> plane, Span<double> magnitudes)
    {
        for (int w = 0; w < taps.Length; w++)
        {
            for (int tap = 0; tap < weights.Length; tap++)
            {
                if (taps[w][tap] >= 0)
                {
                    double term = weights[tap] * windows[w];
                    plane[taps[w][tap]] += term;
                    magnitudes[taps[w][tap]] += Math.Abs(term);
                }
            }
        }
    }

    /// <summary>Adds a bias to a plane.</summary>
    public static void AddBias(double bias, Span<double> plane, Span<double> magnitudes)
    {
        for (int i = 0; i < plane.Length; i++)
        {
            plane[i] += bias;
            magnitudes[i] += Math.Abs(bias);
        }
    }

    /// <summary>Returns the i-th of a blob's pieces of equal length.</summary>
    public static Span<double> Piece(double[] data, int i, int length) => data.AsSpan(i * length, length);
}
