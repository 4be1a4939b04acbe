namespace Cnn.Campaigns.Nets.Recipes;

/// <summary>Losses and accuracies.</summary>
internal static class LossRecipes
{
    public static IReadOnlyDictionary<string, Action<LayerDraw>> All { get; } = new Dictionary<string,
        Action<LayerDraw>>
    {
        ["Accuracy"] = Accuracy,
        ["CenterLoss"] = CenterLoss,
        ["ContrastiveLoss"] = ContrastiveLoss,
        ["CtcLoss"] = CtcLoss,
        ["EuclideanLoss"] = Two,
        ["HingeLoss"] = d =>
        {
            Flat(d, null);
            d.Option($"hinge_loss_param {{ norm: {d.Of("L1", "L2")} }}");
        },
        ["InfogainLoss"] = InfogainLoss,
        ["L1Loss"] = L1Loss,
        ["LabelsequenceAccuracy"] = LabelsequenceAccuracy,
        ["MultinomialLogisticLoss"] = d => Flat(d, BottomFill.Between(0.05f, 1)),
        ["SegAccuracy"] = SegAccuracy,
        ["SigmoidCrossEntropyLoss"] = SigmoidCrossEntropyLoss,
        ["SmoothL1Loss"] = SmoothL1Loss,
        ["SmoothL1LossOHEM"] = SmoothL1LossOHEM,
        ["SoftmaxWithLoss"] = d => Softmax(d, 2),
        ["SoftmaxWithLossOHEM"] = d => Softmax(d, 3),
    };

    private static string Normalization(LayerDraw d) =>
        d.Maybe($"normalization: {d.Of("FULL", "VALID", "BATCH_SIZE", "NONE")}");

    private static void Two(LayerDraw d) => d.Like(d.Any());

    // Scores in which every value of an item is a class.
    private static void Flat(LayerDraw d, BottomFill? fill)
    {
        int[] shape = d.Any(2, fill: fill);
        d.New(shape[..1], BottomFill.Below(BottomFill.Count(shape[1..])));
    }

    // Scores with the classes on an axis, and their labels.
    private static int Classes(LayerDraw d, int? ignored)
    {
        int[] shape = d.Any(2);
        int axis = d.Chance(0.7) ? 1 : d.Int(0, shape.Length - 1);
        int[] labels = [.. shape[..axis], .. shape[(axis + 1)..]];
        d.New(labels, ignored is { } label ? BottomFill.Labels(shape[axis], label) : BottomFill.Below(shape[axis]));
        return axis;
    }

    private static int? Ignored(LayerDraw d) => d.Chance(0.3) ? d.Of(-1, 0, 255) : null;

    private static void Accuracy(LayerDraw d)
    {
        int? ignored = Ignored(d);
        int axis = Classes(d, ignored);
        d.Tops = d.Int(1, 2);
        d.Option($"accuracy_param {{ axis: {axis} top_k: {d.Of(1, 1, 2)} "
            + $"{(ignored is { } l ? $"ignore_label: {l} " : "")}}}");
    }

    private static void CenterLoss(LayerDraw d)
    {
        int[] shape = d.Any(2);
        int classes = d.Int(1, 5);
        d.New(shape[..1], BottomFill.Below(classes));
        d.Option($"center_loss_param {{ num_output: {classes} "
            + $"{d.Filler("center_filler")}{d.Maybe("distance_type: 'L1'")}}}");
    }

    private static void ContrastiveLoss(LayerDraw d)
    {
        int[] shape = d.Any(2, 2);
        d.Like(shape);
        d.New(shape[..1], BottomFill.Bits);
        d.Option($"contrastive_loss_param {{ margin: {d.Number(0.5, 2)} legacy_version: {d.Bool()} }}");
    }

    private static void CtcLoss(LayerDraw d)
    {
        int[] shape = d.Take(s => s.Length == 3 && s[2] > 1, () => [d.Int(2, 6), d.Int(1, 3), d.Int(2, 5)], null);
        d.New([shape[1], d.Int(1, 3)], BottomFill.Below(shape[2]));
        d.Option($"ctc_loss_param {{ alphabet_size: {shape[2]} time_step: {Math.Max(1, shape[0])} blank_label: "
            + $"{d.Of(0, shape[2] - 1)} }}");
    }

    private static void InfogainLoss(LayerDraw d)
    {
        int? ignored = Ignored(d);
        int axis = Classes(d, ignored);
        int classes = d.Bottoms[0].Shape[axis];
        d.New([1, 1, classes, classes], BottomFill.Between(0, 1));
        d.Tops = d.Int(1, 2);
        d.Option($"infogain_loss_param {{ axis: {axis} }} loss_param {{ "
            + $"{(ignored is { } l ? $"ignore_label: {l} " : "")}{Normalization(d)}}}");
    }

    private static void L1Loss(LayerDraw d)
    {
        int[] shape = d.Any(2);
        if (d.Chance(0.7))
        {
            d.Like(shape);
        }

        d.Option(d.Maybe($"l1_loss_param {{ l2_per_location: {d.Bool()} normalize_by_num_entries: {d.Bool()} }}"));
    }

    private static void LabelsequenceAccuracy(LayerDraw d)
    {
        int[] shape = d.Any(3, 3);
        d.New([shape[0], d.Int(1, 4)], BottomFill.Below(shape[2]));
    }

    private static void SegAccuracy(LayerDraw d)
    {
        int[] image = d.Image();
        d.New([image[0], 1, image[2], image[3]], BottomFill.Below(image[1]));
        d.Option(d.Maybe($"seg_accuracy_param {{ ignore_label: {d.Int(0, 2)} reset: {d.Bool()} }}"));
    }

    private static void SigmoidCrossEntropyLoss(LayerDraw d)
    {
        int[] shape = d.Any();
        d.New(shape, d.Chance(0.5) ? BottomFill.Bits : BottomFill.Between(0, 1));
        d.Option(d.Maybe($"loss_param {{ {d.Maybe("ignore_label: -1")}{Normalization(d)}}}"));
    }

    private static void SmoothL1Loss(LayerDraw d)
    {
        int[] shape = d.Any();
        d.Like(shape);
        if (d.Chance(0.4))
        {
            d.New(shape, BottomFill.Between(0, 1));
            d.New(shape, BottomFill.Between(0, 1));
        }

        d.Option(d.Maybe($"smooth_l1_loss_param {{ sigma: {d.Number(0.5, 3)} }} loss_weight: 1"));
    }

    private static void SmoothL1LossOHEM(LayerDraw d)
    {
        int[] shape = d.Any(2, 4);
        d.Like(shape);
        if (d.Chance(0.4))
        {
            d.New(shape, BottomFill.Between(0, 1));
        }

        d.Tops = d.Int(1, 2);
        d.Option(d.Maybe($"loss_param {{ {Normalization(d)}}}")
            + (d.Tops == 1 ? "loss_weight: 1" : "loss_weight: 1 loss_weight: 0"));
    }

    private static void Softmax(LayerDraw d, int tops)
    {
        int? ignored = Ignored(d);
        int axis = Classes(d, ignored);
        d.Tops = d.Of(1, 1, d.Int(1, tops));
        d.Option($"softmax_param {{ axis: {axis} }} loss_param {{ "
            + $"{(ignored is { } l ? $"ignore_label: {l} " : "")}{Normalization(d)}"
            + $"{(tops == 2 ? d.Maybe("label_smoothing: 0.1") : "")}}}");
    }
}
