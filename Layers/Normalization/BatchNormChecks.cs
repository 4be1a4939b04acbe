using Cnn.Proto;

namespace Cnn.Layers.Normalization;

/// <summary>Checks the options of a BatchNorm layer.</summary>
internal static class BatchNormChecks
{
    /// <summary>
    /// Requires that the options are in their ranges, and that none belongs to another fork's layer.
    /// </summary>
    /// <exception cref="CnnException">One is wrong.</exception>
    public static void Require(LayerContext context, BatchNormParameter options)
    {
        if (!(options.Eps >= 0 && float.IsFinite(options.Eps)))
        {
            throw context.Error(
                options,
                BatchNormParameter.EpsFieldNumber,
                $"eps is {options.Eps}",
                "it must be a small number, 0 or more");
        }

        if (!(options.MovingAverageFraction >= 0 && float.IsFinite(options.MovingAverageFraction)))
        {
            throw context.Error(
                options,
                BatchNormParameter.MovingAverageFractionFieldNumber,
                $"moving_average_fraction is {options.MovingAverageFraction}",
                "it must be 0 or more, and below 1 for a moving average");
        }

        if (options.Relu)
        {
            throw context.Error(
                options,
                BatchNormParameter.ReluFieldNumber,
                "a BatchNorm layer does not rectify its result",
                "add a ReLU layer");
        }

        if (!options.BiasTerm)
        {
            throw context.Error(
                options,
                BatchNormParameter.BiasTermFieldNumber,
                "a BatchNorm layer cannot leave out its shift alone",
                "leave bias_term out, and scale_bias too where there is neither scale nor shift");
        }
    }
}
