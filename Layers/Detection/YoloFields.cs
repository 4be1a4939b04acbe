using Google.Protobuf;

namespace Cnn.Layers.Detection;

/// <summary>Checks what YOLO's output layers have in common.</summary>
internal static class YoloFields
{
    /// <summary>Returns the number of classes, which must be written.</summary>
    /// <exception cref="Proto.CnnException">It is not, or it is 0.</exception>
    public static int Classes(LayerContext context, IMessage options, int field, bool isSet, uint value) => isSet
        ? SizeField.Check(context, options, field, "num_classes", value)
        : throw context.Error(options, field, "num_classes is missing", "the number of classes that the map has");

    /// <summary>Requires a map [N, boxes (5 + classes), H, W].</summary>
    /// <exception cref="Proto.CnnException">The bottom has another shape.</exception>
    public static void RequireMap(
        LayerContext context, Blob map, int bottom, int boxes, int classes, string boxField = "num_box",
        string classField = "num_classes")
    {
        long channels = boxes * (5L + classes);
        if (map.AxisCount != 4 || map.Dim(1) != channels)
        {
            throw context.Error(
                $"bottom '{context.Parameter.Bottom[bottom]}' has shape {map.ShapeText} for {boxField} {boxes} and "
                + $"{classField} {classes}",
                $"it takes [N, {channels}, H, W]: for each box four values, the object's and the classes'");
        }
    }

    /// <summary>Requires a width and a height for each anchor, above 0.</summary>
    /// <exception cref="Proto.CnnException">There are fewer.</exception>
    public static void RequireAnchors(
        LayerContext context, IMessage options, int field, IReadOnlyList<float> biases, int anchors)
    {
        if (biases.Count < 2L * anchors || biases.Any(side => !(side > 0 && float.IsFinite(side))))
        {
            throw context.Error(
                options,
                field,
                $"biases {string.Join(' ', biases)} are not the sides of {anchors} anchors",
                "a width and a height above 0 for each");
        }
    }
}
