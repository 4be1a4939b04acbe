namespace Cnn.Layers.Kernels.Pooling;

/// <summary>Bins whose centres are evenly spaced.</summary>
/// <param name="Count">How many; 2 or more.</param>
/// <param name="Min">The first bin's centre.</param>
/// <param name="Max">The last bin's centre, above the first's.</param>
public readonly record struct HistogramBins(int Count, float Min, float Max)
{
    /// <summary>Bins to a unit of the value.</summary>
    public float PerUnit => (float)((Count - 1) / ((double)Max - Min));

    /// <summary>The lower of the two bins that a value counts for; NaN is NaN in the first two.</summary>
    /// <param name="value">The value.</param>
    /// <param name="rest">Its share of the bin above; the lower bin has the rest.</param>
    /// <param name="isInside">Whether the shares change with the value: it lies strictly between the outer centres.</param>
    public int Of(float value, out float rest, out bool isInside)
    {
        isInside = value > Min && value < Max;
        double place = ((double)value - Min) * (Count - 1) / ((double)Max - Min);
        int bin = (int)Math.Clamp(double.IsNaN(place) ? 0 : place, 0, Count - 2);
        rest = (float)Math.Clamp(place - bin, 0, 1);
        return bin;
    }
}
