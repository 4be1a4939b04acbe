namespace Cnn.Layers.Data.Boxes;

/// <summary>
/// The rows in which SSD's layers take the objects of a batch: [image in the batch, class, instance, xmin, ymin, xmax,
/// ymax, difficult].
/// </summary>
internal static class BoxRows
{
    /// <summary>Values in a row.</summary>
    public const int Length = 8;

    /// <summary>Writes the objects of a batch, image by image, [1, 1, B, 8]; without any, one row of -1.</summary>
    /// <param name="images">The objects of each image.</param>
    /// <param name="top">Takes shape and values.</param>
    public static void Write(ReadOnlySpan<List<LabelledBox>> images, Blob top)
    {
        int count = 0;
        foreach (List<LabelledBox> boxes in images)
        {
            count += boxes.Count;
        }

        top.Reshape(1, 1, Math.Max(1, count), Length);
        Span<float> values = top.Data;
        if (count == 0)
        {
            values.Fill(-1);
        }

        for (int i = 0; i < images.Length; i++)
        {
            foreach (LabelledBox box in images[i])
            {
                (values[0], values[1], values[2]) = (i, box.Group, box.Instance);
                (values[3], values[4], values[5], values[6]) = (box.Box.XMin, box.Box.YMin, box.Box.XMax, box.Box.YMax);
                values[7] = box.IsDifficult ? 1 : 0;
                values = values[Length..];
            }
        }
    }
}
