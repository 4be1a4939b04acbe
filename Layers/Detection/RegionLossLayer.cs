using Cnn.Proto;

namespace Cnn.Layers.Detection;

/// <summary>
/// The loss of YOLO v2 (Redmon and Farhadi, "YOLO9000", CVPR 2017). Bottoms: a map [N, num (5 + num_class), S, S], see
/// <see cref="YoloMap"/>, and objects, see <see cref="YoloObjects"/>. Each object is matched to the box of its cell
/// whose anchor is most like it, or with <c>bias_match: 0</c> whose size is. With s the sigmoids of the place and the
/// objectness p, v the size, and t what they should be, the gradients are <c>noobject_scale p s'</c> of boxes without
/// an object, unless they overlap one by more than <c>thresh</c>; <c>coord_scale (s - t) s'</c>, <c>coord_scale (v -
/// t)</c>, <c>object_scale (p - 1) s'</c> and <c>class_scale (softmax - onehot)</c> of those with one. Where several
/// objects have one box, the last counts. The loss is the sum of the squares of all these gradients.
/// </summary>
/// <remarks>
/// The loss is a measure of the gradients, which are not its derivative: they are divided by N and multiplied by the
/// loss weight. Two forks differ. Intel's, with SSD's rows of objects, cuts <c>s - t</c> and <c>v - t</c> to 1 and has
/// <c>-2 object_scale (1 - p)^3 s'</c> of the objectness. MobileNet-YOLO's divides the loss by N; with <c>rescore</c>
/// the objectness should be the box's overlap with the object, without it <c>coord_scale</c> is multiplied by 2 less
/// the object's area.
/// </remarks>
[LayerType("RegionLoss")]
internal sealed class RegionLossLayer : YoloLossLayer
{
    private const int CoordinatesOfABox = 4;

    private readonly RegionLossParameter options;

    /// <summary>Makes the layer.</summary>
    public RegionLossLayer(LayerContext context)
        : base(context) =>
        options = Parameter.RegionLossParam ?? new RegionLossParameter();

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        SizeField.Check(Context, options, RegionLossParameter.NumClassFieldNumber, "num_class", options.NumClass);
        SizeField.Check(Context, options, RegionLossParameter.NumFieldNumber, "num", options.Num);
        YoloFields.RequireAnchors(
            Context, options, RegionLossParameter.BiasesFieldNumber, options.Biases, (int)options.Num);
        if (options.Coords != CoordinatesOfABox)
        {
            throw Context.Error(
                options, RegionLossParameter.CoordsFieldNumber, $"coords is {options.Coords}", "a box has 4");
        }

        if (options.SoftmaxTree.Length > 0 || options.ClassMap.Length > 0)
        {
            bool isTree = options.SoftmaxTree.Length > 0;
            throw Context.Error(
                options,
                isTree ? RegionLossParameter.SoftmaxTreeFieldNumber : RegionLossParameter.ClassMapFieldNumber,
                $"{(isTree ? "softmax_tree" : "class_map")} does not run here",
                "classes are all of one level and in the order of their labels");
        }
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob map = bottoms[0];
        YoloFields.RequireMap(Context, map, 0, (int)options.Num, (int)options.NumClass, "num", "num_class");
        base.Reshape(bottoms, tops);
        if (YoloObjects.AreCorners(bottoms[1]) && (map.Dim(2) != options.Side || map.Dim(3) != options.Side))
        {
            throw Context.Error(
                options,
                RegionLossParameter.SideFieldNumber,
                $"side is {options.Side}, but bottom '{Parameter.Bottom[0]}' has shape {map.ShapeText}",
                "it is the number of rows and columns of the map");
        }
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        bool isIntels = YoloObjects.AreCorners(bottoms[1]);
        double sum = SumOfSquares(new RegionLossRule(options, isIntels), bottoms);
        tops[0].Data[0] = (float)(isIntels ? sum : sum / Items(bottoms[0]));
    }
}
