using Cnn.Proto;

namespace Cnn.Layers.Detection;

/// <summary>
/// Boxes out of YOLO v3 maps: one or more bottoms [N, num_box (5 + num_classes), H, W] to [1, 1, K, 7]; see
/// <see cref="YoloBoxes"/> for the rows. Box n of map t has the anchor <c>mask[n + t (masks / mask_group_num)]</c>.
/// Cell (j, i) with values v gives <c>x = (i + sigmoid(v0)) / W</c>, <c>y = (j + sigmoid(v1)) / H</c>,
/// <c>w = exp(v2) bias_w / (W anchors_scale[t])</c>, h likewise, and a box for each class c whose score
/// <c>sigmoid(v4) sigmoid(v(5 + c))</c> is above the threshold. (Redmon and Farhadi 2018, "YOLOv3", section 2.) There
/// is no gradient.
/// </summary>
[LayerType("Yolov3DetectionOutput")]
internal sealed unsafe class Yolov3DetectionOutputLayer(LayerContext context) : Layer(context)
{
    private readonly Yolov3DetectionOutputParameter options =
        context.Parameter.Yolov3DetectionOutputParam ?? new Yolov3DetectionOutputParameter();

    private readonly YoloBoxes boxes = new();
    private int classes;
    private int anchors;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.AtLeast(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override bool HasGradient => false;

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        classes = YoloFields.Classes(
            Context, options, Yolov3DetectionOutputParameter.NumClassesFieldNumber, options.HasNumClasses,
            options.NumClasses);
        anchors = SizeField.Check(
            Context, options, Yolov3DetectionOutputParameter.NumBoxFieldNumber, "num_box", options.NumBox);
        if (options.GaussianBox)
        {
            throw Context.Error(
                options,
                Yolov3DetectionOutputParameter.GaussianBoxFieldNumber,
                "gaussian_box does not run here",
                "the fork that has it computes its scores from a value that is never set");
        }

        CheckMasks(bottoms.Count);
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        for (int i = 0; i < bottoms.Count; i++)
        {
            YoloFields.RequireMap(Context, bottoms[i], i, anchors, classes);
            if (bottoms[i].Dim(0) != bottoms[0].Dim(0))
            {
                throw Context.Error(
                    $"bottom '{Parameter.Bottom[i]}' has shape {bottoms[i].ShapeText}, bottom '{Parameter.Bottom[0]}' "
                    + bottoms[0].ShapeText,
                    "the maps need the same number of images");
            }
        }

        tops[0].Reshape(1, 1, 1, YoloBoxes.RowValues);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        boxes.Clear();
        for (int t = 0; t < bottoms.Count; t++)
        {
            Blob map = bottoms[t];
            int plane = map.CountOf(2), values = (5 + classes) * plane;
            for (int image = 0; image < map.Dim(0); image++)
            {
                for (int cell = 0; cell < plane; cell++)
                {
                    for (int n = 0; n < anchors; n++)
                    {
                        long first = ((long)image * anchors) + n;
                        AddBoxes(map.DataPointer + (first * values) + cell, map, cell, t, n);
                    }
                }
            }
        }

        boxes.Write(tops[0], bottoms[0].Dim(0), options.NmsThreshold);
    }

    // A factor of the image's size that is the same for both sides needs no correction for borders.
    private void AddBoxes(float* values, Blob map, int cell, int which, int box)
    {
        int height = map.Dim(2), width = map.Dim(3), plane = height * width;
        float isObject = YoloBoxes.Sigmoid(values[4L * plane]);
        if (!(isObject > options.ConfidenceThreshold))
        {
            return;
        }

        int anchor = (int)options.Mask[box + (which * (options.Mask.Count / Parameter.Bottom.Count))];
        float scale = options.AnchorsScale[which];
        for (int c = 0; c < classes; c++)
        {
            float score = isObject * YoloBoxes.Sigmoid(values[(5L + c) * plane]);
            if (score > options.ConfidenceThreshold)
            {
                boxes.Add(
                    ((cell % width) + YoloBoxes.Sigmoid(values[0])) / width,
                    ((cell / width) + YoloBoxes.Sigmoid(values[plane])) / height,
                    MathF.Exp(values[2L * plane]) * options.Biases[2 * anchor] / (width * scale),
                    MathF.Exp(values[3L * plane]) * options.Biases[(2 * anchor) + 1] / (height * scale),
                    score,
                    c);
            }
        }
    }

    private void CheckMasks(int maps)
    {
        if (options.MaskGroupNum != maps)
        {
            throw Context.Error(
                options,
                Yolov3DetectionOutputParameter.MaskGroupNumFieldNumber,
                $"mask_group_num is {options.MaskGroupNum} for {maps} bottoms",
                "a group of masks for each bottom");
        }

        if (options.AnchorsScale.Count < maps)
        {
            throw Context.Error(
                options,
                Yolov3DetectionOutputParameter.AnchorsScaleFieldNumber,
                $"anchors_scale is given {options.AnchorsScale.Count} times for {maps} bottoms",
                "the pixels from a cell to the next, for each bottom");
        }

        long group = options.Mask.Count / maps;
        if (((maps - 1) * group) + anchors > options.Mask.Count)
        {
            throw Context.Error(
                options,
                Yolov3DetectionOutputParameter.MaskFieldNumber,
                $"mask is given {options.Mask.Count} times for {maps} bottoms and num_box {anchors}",
                $"an anchor for each box of each bottom: {(long)maps * anchors}");
        }

        foreach (uint anchor in options.Mask)
        {
            if (anchor >= options.Biases.Count / 2)
            {
                throw Context.Error(
                    options,
                    Yolov3DetectionOutputParameter.MaskFieldNumber,
                    $"mask {anchor} is none of the {options.Biases.Count / 2} anchors in biases",
                    "biases has a width and a height for each anchor");
            }
        }
    }
}
