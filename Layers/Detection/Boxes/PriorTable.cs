namespace Cnn.Layers.Detection.Boxes;

/// <summary>The prior boxes and their variances in a blob [1, 2, P 4].</summary>
/// <param name="data">The blob's values.</param>
/// <param name="count">P, the number of priors.</param>
/// <param name="hasVariance">Whether codes are divided by the variances; if not, 1 is used.</param>
internal readonly unsafe struct PriorTable(float* data, int count, bool hasVariance)
{
    /// <summary>The number of priors.</summary>
    public int Count => count;

    /// <summary>The priors.</summary>
    public Box* Boxes => (Box*)data;

    /// <summary>Returns a prior.</summary>
    public Box this[int index] => ((Box*)data)[index];

    /// <summary>Returns the variance of each number of a prior's code.</summary>
    public Box Variance(int index) => hasVariance ? GivenVariance(index) : BoxCode.NoVariance;

    /// <summary>Returns the variance that the blob holds for a prior.</summary>
    public Box GivenVariance(int index) => ((Box*)data)[count + index];
}
