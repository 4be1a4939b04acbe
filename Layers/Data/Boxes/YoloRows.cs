using Cnn.Layers.Data.Transform;

namespace Cnn.Layers.Data.Boxes;

/// <summary>
/// The rows in which darknet's layers take the objects of an image, MobileNet-YOLO's <c>yolo_data_type: 1</c>: [class
/// from 0, x, y, width, height], the centre and the sides as shares of the image; zeros behind the last object.
/// </summary>
internal static class YoloRows
{
    private const int Length = 5, Most = 300;

    /// <summary>The shape of an image's rows, [1, 300, 5].</summary>
    public static ImageShape Shape { get; } = new(1, Most, Length);

    /// <summary>Writes the objects of an image; those beyond the 300th are left out.</summary>
    /// <param name="boxes">The objects, of classes from 1.</param>
    /// <param name="withDifficult">Whether objects count that are hard to recognise.</param>
    /// <param name="rows">Receives the rows, [300, 5].</param>
    public static void Write(List<LabelledBox> boxes, bool withDifficult, Span<float> rows)
    {
        rows.Clear();
        foreach (LabelledBox box in boxes)
        {
            if (rows.IsEmpty)
            {
                return;
            }

            if (withDifficult || !box.IsDifficult)
            {
                Box at = box.Box;
                (rows[0], rows[1], rows[2]) = (box.Group - 1, (at.XMin + at.XMax) / 2, (at.YMin + at.YMax) / 2);
                (rows[3], rows[4]) = (at.XMax - at.XMin, at.YMax - at.YMin);
                rows = rows[Length..];
            }
        }
    }
}
