using Cnn.Layers.Detection.Boxes;
using Cnn.Proto;
using ConfLoss = Cnn.Proto.MultiBoxLossParameter.Types.ConfLossType;
using Mining = Cnn.Proto.MultiBoxLossParameter.Types.MiningType;

namespace Cnn.Layers.Detection.MultiBox;

/// <summary>Checks of <c>multibox_loss_param</c>.</summary>
internal static class MultiBoxOptions
{
    /// <summary>Requires options that fit together.</summary>
    public static void Check(LayerContext context, MultiBoxLossParameter options)
    {
        int background = (int)options.BackgroundLabelId;
        if (options.NumClasses is 0 or > int.MaxValue)
        {
            throw context.Error(
                options,
                MultiBoxLossParameter.NumClassesFieldNumber,
                options.HasNumClasses ? $"num_classes is {options.NumClasses}" : "num_classes is missing",
                "give the number of classes, the background among them");
        }

        if (options.ConfLossType == ConfLoss.Softmax && !(background >= 0 && background < options.NumClasses))
        {
            throw context.Error(
                options,
                MultiBoxLossParameter.BackgroundLabelIdFieldNumber,
                $"background_label_id {background} is none of {options.NumClasses} classes",
                "a softmax needs a class for the background");
        }

        CheckMining(context, options);
        int agnostic = background >= 0 ? 2 : 1;
        if (options.MapObjectToAgnostic && options.NumClasses != agnostic)
        {
            throw context.Error(
                options,
                MultiBoxLossParameter.NumClassesFieldNumber,
                $"num_classes is {options.NumClasses}, but map_object_to_agnostic makes all objects one class",
                $"it must be {agnostic}");
        }

        if (options.MapObjectToAgnostic && !(background + 1L >= 0 && background + 1L < options.NumClasses))
        {
            throw context.Error(
                options,
                MultiBoxLossParameter.BackgroundLabelIdFieldNumber,
                $"background_label_id is {background}, so map_object_to_agnostic makes all objects class "
                + $"{background + 1L} of {options.NumClasses}",
                "the class of the objects follows that of the background: give background_label_id: 0");
        }

        if (options.NmsParam is { } suppression)
        {
            SuppressionOptions.Check(context, suppression);
        }
    }

    private static void CheckMining(LayerContext context, MultiBoxLossParameter options)
    {
        if (options.HasDoNegMining && options.DoNegMining != (options.MiningType != Mining.None))
        {
            throw context.Error(
                options,
                MultiBoxLossParameter.DoNegMiningFieldNumber,
                $"do_neg_mining is {(options.DoNegMining ? "true" : "false")}, but mining_type is "
                + Name(options.MiningType),
                "leave do_neg_mining out");
        }

        if (options.MiningType != Mining.None && !options.ShareLocation)
        {
            throw context.Error(
                options,
                MultiBoxLossParameter.MiningTypeFieldNumber,
                $"mining_type {Name(options.MiningType)} needs one location for all classes",
                "say share_location: true or mining_type: NONE");
        }

        if (options.MiningType == Mining.HardExample && options.SampleSize <= 0)
        {
            throw context.Error(
                options,
                MultiBoxLossParameter.SampleSizeFieldNumber,
                $"sample_size is {options.SampleSize}",
                "it must be above 0");
        }
    }

    private static string Name(Mining type) => type switch
    {
        Mining.None => "NONE",
        Mining.MaxNegative => "MAX_NEGATIVE",
        _ => "HARD_EXAMPLE",
    };
}
