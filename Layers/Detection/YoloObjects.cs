namespace Cnn.Layers.Detection;

/// <summary>
/// The objects of a batch, image by image, from either of two forks' labels: SSD's rows [1, 1, G, 8] of (item, class +
/// 1, instance, xmin, ymin, xmax, ymax, difficult), where rows without an item are left out, as in Intel's Caffe; or
/// MobileNet-YOLO's rows [N, .., 5] of (class, x, y, w, h), which end at the first without a width. Objects without a
/// size are left out. It reuses its memory from pass to pass.
/// </summary>
internal sealed class YoloObjects(LayerContext context, int bottom)
{
    private const int Corners = 8;
    private const int Centers = 5;

    private YoloObject[] objects = [];
    private int[] ends = [];

    /// <summary>Whether the labels are SSD's rows.</summary>
    public static bool AreCorners(Blob labels) => labels.AxisCount > 0 && labels.Dim(-1) == Corners;

    /// <summary>Requires rows of one of the kinds.</summary>
    public void RequireShape(Blob labels, int items)
    {
        if (!AreCorners(labels) && (labels.AxisCount < 2 || labels.Dim(-1) != Centers || labels.Dim(0) != items))
        {
            throw context.Error(
                $"bottom '{context.Parameter.Bottom[bottom]}' has shape {labels.ShapeText}",
                "objects are rows (item, class, instance, xmin, ymin, xmax, ymax, difficult): [1, 1, G, 8]; or rows "
                + $"(class, x, y, w, h): [{items}, .., 5]");
        }
    }

    /// <summary>Reads the objects.</summary>
    public void Read(Blob labels, int items, int classes)
    {
        int rows = labels.Count / labels.Dim(-1), at = 0;
        if (objects.Length < rows)
        {
            objects = new YoloObject[rows];
        }

        if (ends.Length < items)
        {
            ends = new int[items];
        }

        for (int item = 0; item < items; item++)
        {
            at = AreCorners(labels)
                ? ReadCorners(labels.Data, rows, item, classes, at)
                : ReadCenters(labels.Data, rows / items, item, classes, at);
            ends[item] = at;
        }
    }

    /// <summary>Returns the objects of an item.</summary>
    public ReadOnlySpan<YoloObject> Of(int item) => objects.AsSpan((item == 0 ? 0 : ends[item - 1])..ends[item]);

    private int ReadCorners(ReadOnlySpan<float> labels, int rows, int item, int classes, int at)
    {
        for (int i = 0; i < rows; i++)
        {
            ReadOnlySpan<float> row = labels.Slice(i * Corners, Corners);
            if ((int)row[0] == item)
            {
                Add(
                    new YoloObject(
                        Label(i, row[1] - 1, row[1], classes), (row[3] + row[5]) / 2, (row[4] + row[6]) / 2,
                        row[5] - row[3], row[6] - row[4]),
                    ref at);
            }
        }

        return at;
    }

    private int ReadCenters(ReadOnlySpan<float> labels, int rows, int item, int classes, int at)
    {
        for (int i = item * rows; i < (item + 1) * rows; i++)
        {
            ReadOnlySpan<float> row = labels.Slice(i * Centers, Centers);
            if (row[3] == 0)
            {
                break;
            }

            Add(new YoloObject(Label(i, row[0], row[0], classes), row[1], row[2], row[3], row[4]), ref at);
        }

        return at;
    }

    private void Add(YoloObject found, ref int at)
    {
        if (found.Width > 0 && found.Height > 0 && float.IsFinite(found.X + found.Y))
        {
            objects[at++] = found;
        }
    }

    private int Label(int row, float label, float written, int classes) => label > -1 && label < classes
        ? (int)label
        : throw context.Error(
            $"object {row} of '{context.Parameter.Bottom[bottom]}' is of class {written}",
            $"there are {classes} classes");
}
