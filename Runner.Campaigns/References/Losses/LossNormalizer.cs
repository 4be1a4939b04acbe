using Cnn.Fillers;
using Cnn.Proto;
using Mode = Cnn.Proto.LossParameter.Types.NormalizationMode;

namespace Cnn.Campaigns.References.Losses;

/// <summary>What the sum of a loss is divided by.</summary>
internal static class LossNormalizer
{
    /// <summary>Returns the divisor.</summary>
    /// <param name="options">The layer's <c>loss_param</c>.</param>
    /// <param name="unset">The mode where neither normalization nor normalize is given.</param>
    /// <param name="items">The number of items.</param>
    /// <param name="positions">The number of all positions.</param>
    /// <param name="valid">The number of positions that count.</param>
    public static double Of(LossParameter? options, Mode unset, double items, double positions, double valid)
    {
        Mode mode = options is { HasNormalization: true } ? options.Normalization
            : options is { HasNormalize: true } ? options.Normalize ? Mode.Valid : Mode.BatchSize
            : unset;
        return Math.Max(1, mode switch
        {
            Mode.Full => positions,
            Mode.Valid => valid,
            Mode.BatchSize => items,
            Mode.PreFixed => options!.PreFixedNormalizer,
            _ => 1,
        });
    }

    /// <summary>Draws how a loss is normalised; and a label that does not count.</summary>
    public static LossParameter? Draw(PhiloxRandom random, int labels, bool hasNormalize = true)
    {
        if (random.Chance(0.3))
        {
            return null;
        }

        var options = new LossParameter();
        random.Maybe(() => options.IgnoreLabel = random.Between(-1, labels));
        random.Maybe(() => options.Normalization = random.Pick(
            Mode.Full, Mode.Valid, Mode.BatchSize, Mode.None, Mode.PreFixed));
        if (hasNormalize && random.Chance(0.3))
        {
            options.Normalize = random.Chance(0.5);
        }

        random.Maybe(() => options.PreFixedNormalizer = random.Between(0.5f, 9));
        return options;
    }

    /// <summary>Fills labels from 0, among them the one that does not count.</summary>
    public static Filling Labels(LossParameter? options, int labels) => options is { HasIgnoreLabel: true }
        ? Fillings.Of([options.IgnoreLabel, .. Enumerable.Range(0, labels).Select(l => (float)l)])
        : Fillings.Below(labels);

    /// <summary>Returns whether a label does not count.</summary>
    public static bool Ignores(LossParameter? options, double label) =>
        options is { HasIgnoreLabel: true } && (int)label == options.IgnoreLabel;
}
