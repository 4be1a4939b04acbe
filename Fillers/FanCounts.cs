using Cnn.Proto;

namespace Cnn.Fillers;

/// <summary>
/// Computes the fan by which fillers scale their variance: the number of inputs of a unit, the number of units that an
/// input feeds, or their mean.
/// </summary>
internal static class FanCounts
{
    /// <summary>
    /// Returns the fan that <c>variance_norm</c> selects: fan_in = count / shape[0], fan_out = count / shape[1] (count
    /// for a blob of one axis), or their mean. Given fans take the place of the computed ones.
    /// </summary>
    public static float Of(FillerParameter parameter, ReadOnlySpan<int> shape, (float In, float Out)? fans)
    {
        long count = 1;
        foreach (int dim in shape)
        {
            count *= dim;
        }

        float fanIn = fans?.In ?? (shape.Length > 0 ? count / shape[0] : count);
        float fanOut = fans?.Out ?? (shape.Length > 1 ? count / shape[1] : count);
        return parameter.VarianceNorm switch
        {
            FillerParameter.Types.VarianceNorm.FanOut => fanOut,
            FillerParameter.Types.VarianceNorm.Average => (fanIn + fanOut) / 2,
            _ => fanIn,
        };
    }
}
