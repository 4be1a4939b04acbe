using Cnn.Proto;

namespace Cnn.Layers.Detection;

/// <summary>
/// The loss of one map of YOLO v3 (Redmon and Farhadi, "YOLOv3", 2018). Bottoms: a map [N, num (5 + num_class), H, W],
/// see <see cref="YoloMap"/>, and the objects, see <see cref="YoloObjects"/>. An object is matched to the box of its
/// cell whose anchor is the most like it of all maps' anchors, if that is one of this map's, and to those whose anchors
/// overlap it by more than <c>iou_thresh</c>. With s the sigmoids of the place, p those of the objectness and the
/// classes, v the size, and t what they should be, the gradients are p of the objectness of boxes without an object,
/// unless they overlap one by more than <c>thresh</c>; <c>c (s - t)</c>, <c>c (v - t)</c>, <c>p - 1</c> and
/// <c>class_scale (p - t)</c> of those with one, where c is <c>coord_scale</c> times 2 less the object's area and t of
/// a class is 1 or 0, drawn to one half by <c>label_smooth_eps</c>. The loss is the sum of the squares of the gradients
/// divided by N. From MobileNet-YOLO.
/// </summary>
/// <remarks>
/// The loss is a measure of the gradients, which are not its derivative but that of cross entropies and, of the sizes,
/// half of squares; they are divided by N and multiplied by the loss weight. With <c>use_logic_gradient</c> those of
/// sigmoids are multiplied by their slopes, and those of matched objectness by <c>object_scale</c>.
/// </remarks>
[LayerType("Yolov3")]
internal sealed class Yolov3Layer : YoloLossLayer
{
    private readonly Yolov3Parameter options;

    /// <summary>Makes the layer.</summary>
    public Yolov3Layer(LayerContext context)
        : base(context) =>
        options = Parameter.Yolov3Param ?? new Yolov3Parameter();

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        SizeField.Check(Context, options, Yolov3Parameter.NumClassFieldNumber, "num_class", options.NumClass);
        SizeField.Check(Context, options, Yolov3Parameter.NumFieldNumber, "num", options.Num);
        SizeField.Check(
            Context, options, Yolov3Parameter.AnchorsScaleFieldNumber, "anchors_scale", options.AnchorsScale);
        YoloFields.RequireAnchors(
            Context, options, Yolov3Parameter.BiasesFieldNumber, options.Biases, options.Biases.Count / 2);
        if (options.Mask.Count < options.Num || options.Mask.Any(anchor => anchor >= options.Biases.Count / 2))
        {
            throw Context.Error(
                options,
                Yolov3Parameter.MaskFieldNumber,
                $"mask {string.Join(' ', options.Mask)} does not name {options.Num} of the "
                + $"{options.Biases.Count / 2} anchors in biases",
                "the anchor of each of the num boxes, counted from 0");
        }

        if (options.IouLoss != Yolov3Parameter.Types.IOU_LOSS.Mse)
        {
            throw Context.Error(
                options,
                Yolov3Parameter.IouLossFieldNumber,
                "iou_loss other than MSE does not run here",
                "leave it out to compare boxes by their places and sizes");
        }
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        YoloFields.RequireMap(Context, bottoms[0], 0, (int)options.Num, (int)options.NumClass, "num", "num_class");
        base.Reshape(bottoms, tops);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        tops[0].Data[0] = (float)(SumOfSquares(new Yolov3Rule(options), bottoms) / Items(bottoms[0]));

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        base.Backward(tops, propagateDown, bottoms);
        if (propagateDown[0] && options.UseLogicGradient)
        {
            MultiplyBySlopes(bottoms[0]);
        }
    }

    private void MultiplyBySlopes(Blob map)
    {
        ReadOnlySpan<float> values = map.Data;
        Span<float> diff = map.Diff;
        int plane = map.CountOf(2), kinds = YoloMap.FirstClass + (int)options.NumClass;
        for (int i = 0; i < values.Length; i++)
        {
            if (i / plane % kinds is not (2 or 3))
            {
                float p = YoloBoxes.Sigmoid(values[i]);
                diff[i] *= p * (1 - p);
            }
        }
    }
}
