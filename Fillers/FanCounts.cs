using Cnn.Proto;

namespace Cnn.Fillers;

/// <summary>
/// How many inputs a unit sees and how many units an input feeds, by which fillers scale their variance.
/// </summary>
internal static class FanCounts
{
    /// <summary>
    /// fan_in = count / shape[0], fan_out = count / shape[1] (count for one axis), or their mean, as
    /// <c>variance_norm</c> asks; or so of the fans that are given.
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
