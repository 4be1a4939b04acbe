namespace Cnn.Layers.Kernels.Pooling;

/// <summary>Bins whose centres are evenly spaced.</summary>
/// <param name="Count">Number of bins; 2 or more.</param>
/// <param name="Min">The first bin's centre.</param>
/// <param name="Max">The last bin's centre, above the first's.</param>
internal readonly record struct HistogramBins(int Count, float Min, float Max)
{
    private readonly double perUnit = (Count - 1) / ((double)Max - Min);

    /// <summary>Bins per unit of the value.</summary>
    public float PerUnit => (float)perUnit;

    /// <summary>
    /// Returns the lower of the two bins that a value counts for; NaN counts as NaN in the first two.
    /// </summary>
    /// <param name="value">The value.</param>
    /// <param name="rest">The value's share in the bin above; the lower bin has the remainder.</param>
    /// <param name="isInside">
    /// Whether the shares change with the value: it lies strictly between the outer centres.
    /// </param>
    public int Of(float value, out float rest, out bool isInside)
    {
        isInside = value > Min && value < Max;
        double place = ((double)value - Min) * perUnit;
        if (!(place > 0))
        {
            rest = double.IsNaN(place) ? float.NaN : 0;
            return 0;
        }

        int bin = (int)Math.Min(place, Count - 2);
        rest = (float)Math.Min(place - bin, 1);
        return bin;
    }
}
