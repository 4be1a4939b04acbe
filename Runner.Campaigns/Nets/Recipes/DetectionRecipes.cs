namespace Cnn.Campaigns.Nets.Recipes;

/// <summary>Layers of detectors.</summary>
internal static class DetectionRecipes
{
    public static IReadOnlyDictionary<string, Action<LayerDraw>> All { get; } = new Dictionary<string,
        Action<LayerDraw>>
    {
        ["BoxAnnotatorOHEM"] = BoxAnnotator,
        ["DetectionEvaluate"] = DetectionEvaluate,
        ["DetectionOutput"] = DetectionOutput,
        ["EvalDetection"] = EvalDetection,
        ["MultiBoxLoss"] = MultiBoxLoss,
        ["PSROIPooling"] = PSROIPooling,
        ["PriorBox"] = PriorBox,
        ["Proposal"] = Proposal,
        ["ROIPooling"] = ROIPooling,
        ["RegionLoss"] = d => Yolo(d, "region_loss_param", "", d.Bool() == "true"),
        ["YoloDetectionOutput"] = YoloDetectionOutput,
        ["Yolov3"] = d => Yolo(d, "yolov3_param", "mask: 0 mask: 1 ", d.Bool() == "true"),
        ["Yolov3DetectionOutput"] = Yolov3DetectionOutput,
    };

    private static void BoxAnnotator(LayerDraw d)
    {
        int regions = d.Int(1, 8), images = d.Int(1, 2);
        d.New([regions, 5], BottomFill.Regions(images, 20, 30));
        d.Like([regions, 1]);
        d.New([regions, 1], BottomFill.Below(3));
        d.New([regions, 8], BottomFill.Between(0, 1));
        d.Tops = 2;
        d.Option($"box_annotator_ohem_param {{ roi_per_img: {d.Int(1, 5)} ignore_label: {d.Of(-1, 255)} }}");
    }

    private static void DetectionEvaluate(LayerDraw d)
    {
        int items = d.Int(1, 3), classes = d.Int(2, 4);
        d.New([1, 1, d.Int(1, 9), 7], BottomFill.Detections(items, classes));
        d.New([1, 1, d.Int(1, 5), 8], BottomFill.Objects(items, classes));
        d.Option($"detection_evaluate_param {{ num_classes: {classes} overlap_threshold: {d.Number(0.2, 0.8)} "
            + $"evaluate_difficult_gt: {d.Bool()} }}");
    }

    private static void DetectionOutput(LayerDraw d)
    {
        int items = d.Int(1, 3), priors = d.Int(1, 8), classes = d.Int(2, 4);
        bool isShared = d.Chance(0.8);
        d.Like([items, priors * 4 * (isShared ? 1 : classes)]);
        d.Like([items, priors * classes]);
        d.New([1, 2, priors * 4], BottomFill.Priors);
        d.Option($"detection_output_param {{ num_classes: {classes} share_location: {(isShared ? "true" : "false")} "
            + $"code_type: {d.Of("CORNER", "CENTER_SIZE", "CORNER_SIZE")} keep_top_k: {d.Of(-1, 3, 200)} "
            + $"confidence_threshold: {d.Number(0, 0.6)} nms_param {{ nms_threshold: {d.Number(0.2, 0.7)} top_k: "
                + $"{d.Of(2, 400)} "
            + $"{d.Maybe("eta: 0.9")}}} {d.Maybe("variance_encoded_in_target: true")}}}");
    }

    private static void MultiBoxLoss(LayerDraw d)
    {
        int items = d.Int(1, 3), priors = d.Int(1, 10), classes = d.Int(2, 4);
        d.Like([items, priors * 4]);
        d.Like([items, priors * classes]);
        d.New([1, 2, priors * 4], BottomFill.Priors);
        d.New([1, 1, d.Int(1, 5), 8], BottomFill.Objects(items, classes));
        d.Option($"multibox_loss_param {{ num_classes: {classes} loc_loss_type: {d.Of("L2", "SMOOTH_L1")} "
            + $"conf_loss_type: {d.Of("SOFTMAX", "LOGISTIC")} match_type: {d.Of("BIPARTITE", "PER_PREDICTION")} "
            + $"overlap_threshold: {d.Number(0.1, 0.6)} neg_pos_ratio: {d.Number(1, 3)} "
            + $"mining_type: {d.Of("NONE", "MAX_NEGATIVE")} code_type: {d.Of("CORNER", "CENTER_SIZE")} }}");
    }

    private static void ROIPooling(LayerDraw d)
    {
        int[] image = d.Image();
        d.New([d.Int(1, 5), 5], BottomFill.Regions(image[0], image[2] * 4, image[3] * 4));
        d.Option($"roi_pooling_param {{ pooled_h: {d.Int(1, 3)} pooled_w: {d.Int(1, 3)} spatial_scale: "
            + $"{d.Of("0.25", "0.5", "1")} }}");
    }

    private static void PSROIPooling(LayerDraw d)
    {
        int group = d.Int(1, 3);
        int[] image = d.Image(2, group * group);
        d.New([d.Int(1, 5), 5], BottomFill.Regions(image[0], image[2] * 4, image[3] * 4));
        d.Option($"psroi_pooling_param {{ spatial_scale: 0.25 output_dim: {image[1] / (group * group)} group_size: "
            + $"{group} }}");
    }

    private static void PriorBox(LayerDraw d)
    {
        int[] image = d.Image();
        d.Like([image[0], 3, 20, 30]);
        d.Option($"prior_box_param {{ min_size: {d.Int(1, 10)} {d.Maybe($"max_size: {d.Int(11, 20)}")}"
            + $"{d.Maybe("aspect_ratio: 2 aspect_ratio: 3")}flip: {d.Bool()} clip: {d.Bool()} "
            + $"{d.Of("", "variance: 0.1 ", "variance: 0.1 variance: 0.1 variance: 0.2 variance: 0.2 ")}"
            + $"offset: {d.Of("0.5", "0")} {d.Maybe($"step: {d.Int(1, 8)}")}}}");
    }

    private static void Proposal(LayerDraw d)
    {
        int height = d.Int(1, 5), width = d.Int(1, 5);
        d.Like([1, 8, height, width]);
        d.Like([1, 16, height, width]);
        d.New([1, 4], BottomFill.ImageSizes(height * 16, width * 16));
        d.Tops = d.Int(1, 2);
        d.Option($"proposal_param {{ ratio: 0.5 ratio: 1.5 scale: 2 scale: 3 pre_nms_topn: {d.Of(5, 60)} "
            + $"post_nms_topn: {d.Int(1, 10)} nms_thresh: {d.Number(0.3, 0.8)} min_size: {d.Of(1, 16)} }}");
    }

    private static int[] Map(LayerDraw d, int boxes, int classes)
    {
        int side = d.Int(1, 4), items = d.Int(1, 2);
        int[] shape = [items, boxes * (5 + classes), side, side];
        d.Like(shape);
        return shape;
    }

    private static void YoloObjects(LayerDraw d, int items, int classes) =>
        d.New([1, 1, d.Int(1, 4), 8], BottomFill.Objects(items, classes + 1));

    private static void Yolo(LayerDraw d, string field, string options, bool isDense)
    {
        int classes = d.Int(1, 3);
        int[] map = Map(d, 2, classes);
        YoloObjects(d, map[0], classes);
        d.Option($"{field} {{ side: {map[2]} num_class: {classes} num: 2 {options}"
            + (field == "yolov3_param" ? "biases: 12 biases: 9 biases: 25 biases: 30 "
                : "biases: 1.2 biases: 0.9 biases: 2.5 biases: 3 ")
            + $"{(isDense ? "thresh: 0.6 " : "")}coord_scale: {d.Int(1, 5)} }}");
    }

    private static void EvalDetection(LayerDraw d)
    {
        int classes = d.Int(1, 3), boxes = d.Int(1, 2);
        int[] map = Map(d, boxes, classes);
        YoloObjects(d, map[0], classes);
        d.Option($"eval_detection_param {{ side: {map[2]} num_class: {classes} num_object: {boxes} nms: "
            + $"{d.Of("-1", "0.5")} "
            + $"{string.Concat(Enumerable.Repeat("biases: 1 ", 2 * boxes))}score_type: "
                + $"{d.Of("OBJ", "PROB", "MULTIPLY")} }}");
    }

    private static void YoloDetectionOutput(LayerDraw d)
    {
        int classes = d.Int(1, 3), boxes = d.Int(1, 2);
        Map(d, boxes, classes);
        d.Option($"yolo_detection_output_param {{ num_classes: {classes} num_box: {boxes} confidence_threshold: "
            + $"{d.Number(0, 0.5)} "
            + $"nms_threshold: 0.45 {string.Concat(Enumerable.Repeat("biases: 1.5 ", 2 * boxes))}}}");
    }

    private static void Yolov3DetectionOutput(LayerDraw d)
    {
        int classes = d.Int(1, 3), boxes = d.Int(1, 2);
        Map(d, boxes, classes);
        d.Option($"yolov3_detection_output_param {{ num_classes: {classes} num_box: {boxes} confidence_threshold: "
            + $"{d.Number(0, 0.5)} "
            + $"mask_group_num: 1 anchors_scale: {d.Of(16, 32)} "
                + $"{string.Concat(Enumerable.Repeat("biases: 14 ", 2 * boxes))}"
            + $"{string.Concat(Enumerable.Range(0, boxes).Select(i => $"mask: {i} "))}}}");
    }
}
