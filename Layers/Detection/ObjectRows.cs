namespace Cnn.Layers.Detection;

/// <summary>The objects of an image as py-faster-rcnn's layers take them, [G, 5]: (x1, y1, x2, y2, class).</summary>
internal static class ObjectRows
{
    /// <summary>Values in a row.</summary>
    public const int Length = 5;

    /// <summary>Requires such a blob.</summary>
    /// <exception cref="Cnn.Proto.CnnException">It has another shape.</exception>
    public static void Require(LayerContext context, Blob blob, string name)
    {
        if (blob.AxisCount is < 2 or > 4 || blob.LegacyDim(1) != Length || blob.LegacyDim(2) * blob.LegacyDim(3) != 1)
        {
            throw context.Error(
                $"bottom '{name}' has shape {blob.ShapeText}",
                "it needs [G, 5]: x1, y1, x2, y2 and class of each object");
        }
    }

    /// <summary>Returns the number of objects.</summary>
    public static int Count(Blob blob) => blob.Dim(0);

    /// <summary>Reads the objects' boxes; returns their number.</summary>
    public static int Read(Blob blob, Span<RegionBox> boxes)
    {
        ReadOnlySpan<float> values = blob.Data;
        int count = Count(blob);
        for (int i = 0; i < count; i++)
        {
            boxes[i] = RegionBox.Read(values[(i * Length)..]);
        }

        return count;
    }
}
