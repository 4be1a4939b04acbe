using Cnn.Proto;

namespace Cnn.Layers.Detection.Boxes;

/// <summary>Checks of <c>nms_param</c>.</summary>
internal static class SuppressionOptions
{
    /// <summary>Requires a threshold of 0 or more and eta above 0 and at most 1.</summary>
    public static void Check(LayerContext context, NonMaximumSuppressionParameter options)
    {
        if (!(options.NmsThreshold >= 0))
        {
            throw context.Error(
                options,
                NonMaximumSuppressionParameter.NmsThresholdFieldNumber,
                $"nms_threshold is {options.NmsThreshold}",
                "it is an overlap, 0 to 1");
        }

        if (!(options.Eta > 0 && options.Eta <= 1))
        {
            throw context.Error(
                options,
                NonMaximumSuppressionParameter.EtaFieldNumber,
                $"eta is {options.Eta}",
                "it must be above 0 and at most 1");
        }

        if (options.SoftNms)
        {
            throw context.Error(
                options,
                NonMaximumSuppressionParameter.SoftNmsFieldNumber,
                "boxes that overlap a better one are dropped, their scores are not lowered",
                "say soft_nms: false");
        }
    }
}
