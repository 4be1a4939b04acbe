using Cnn.Proto;

namespace Cnn.Layers.Detection;

/// <summary>
/// Boxes out of a YOLO v2 map: [N, num_box (5 + num_classes), S, S] to [1, 1, K, 7]; see <see cref="YoloBoxes"/> for
/// the rows. Cell (j, i) and box n with values t give <c>x = (i + sigmoid(t0)) / S</c>,
/// <c>y = (j + sigmoid(t1)) / S</c>, <c>w = exp(t2) bias(2n) / S</c>, <c>h = exp(t3) bias(2n + 1) / S</c> and, for the
/// best class of a softmax over the rest, the score <c>sigmoid(t4) softmax</c>; scores below the threshold are left
/// out. (Redmon and Farhadi 2017, "YOLO9000", section 2.) There is no gradient.
/// </summary>
[LayerType("YoloDetectionOutput")]
internal sealed unsafe class YoloDetectionOutputLayer(LayerContext context) : Layer(context)
{
    private readonly YoloDetectionOutputParameter options =
        context.Parameter.YoloDetectionOutputParam ?? new YoloDetectionOutputParameter();

    private readonly YoloBoxes boxes = new();
    private int classes;
    private int anchors;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Between(1, 2);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override bool HasGradient => false;

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        classes = YoloFields.Classes(
            Context, options, YoloDetectionOutputParameter.NumClassesFieldNumber, options.HasNumClasses,
            options.NumClasses);
        anchors = SizeField.Check(
            Context, options, YoloDetectionOutputParameter.NumBoxFieldNumber, "num_box", options.NumBox);
        if (options.Coords != 4)
        {
            throw Context.Error(
                options,
                YoloDetectionOutputParameter.CoordsFieldNumber,
                $"coords is {options.Coords}, expected 4: a box's centre and sides");
        }

        if (options.Biases.Count < 2L * anchors)
        {
            throw Context.Error(
                options,
                YoloDetectionOutputParameter.BiasesFieldNumber,
                $"biases is given {options.Biases.Count} times for {anchors} boxes",
                $"a width and a height for each: {2L * anchors}");
        }
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        YoloFields.RequireMap(Context, bottoms[0], 0, anchors, classes);
        if (bottoms[0].Dim(2) != bottoms[0].Dim(3))
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {bottoms[0].ShapeText}", "the map must be a square");
        }

        tops[0].Reshape(1, 1, 1, YoloBoxes.RowValues);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob map = bottoms[0];
        int side = map.Dim(3), plane = side * side;
        boxes.Clear();
        for (int image = 0; image < map.Dim(0); image++)
        {
            for (int cell = 0; cell < plane; cell++)
            {
                for (int n = 0; n < anchors; n++)
                {
                    long first = ((long)image * anchors) + n;
                    AddBox(map.DataPointer + (first * (5 + classes) * plane) + cell, cell, n, side);
                }
            }
        }

        boxes.Write(tops[0], map.Dim(0), options.NmsThreshold);
    }

    private void AddBox(float* values, int cell, int box, int side)
    {
        int plane = side * side, label = 0;
        float* scores = values + (5L * plane);
        for (int c = 1; c < classes; c++)
        {
            label = scores[(long)c * plane] > scores[(long)label * plane] ? c : label;
        }

        float sum = 0;
        for (int c = 0; c < classes; c++)
        {
            sum += MathF.Exp(scores[(long)c * plane] - scores[(long)label * plane]);
        }

        float score = YoloBoxes.Sigmoid(values[4L * plane]) / sum;
        if (score >= options.ConfidenceThreshold)
        {
            boxes.Add(
                ((cell % side) + YoloBoxes.Sigmoid(values[0])) / side,
                ((cell / side) + YoloBoxes.Sigmoid(values[plane])) / side,
                MathF.Exp(values[2L * plane]) * options.Biases[2 * box] / side,
                MathF.Exp(values[3L * plane]) * options.Biases[(2 * box) + 1] / side,
                score,
                label);
        }
    }
}
