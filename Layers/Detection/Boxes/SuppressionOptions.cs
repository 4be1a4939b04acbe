using Cnn.Proto;

namespace Cnn.Layers.Detection.Boxes;

/// <summary>Checks of <c>nms_param</c>.</summary>
internal static class SuppressionOptions
{
    /// <summary>Requires a threshold of 0 or more, eta above 0 and at most 1, and theta above 0.</summary>
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

        if (!(options.Theta > 0))
        {
            throw context.Error(
                options,
                NonMaximumSuppressionParameter.ThetaFieldNumber,
                $"theta is {options.Theta}",
                "it must be above 0");
        }
    }
}
