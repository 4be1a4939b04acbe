using Cnn.Layers.Detection.Boxes;

namespace Cnn.Layers.Detection.MultiBox;

/// <summary>
/// The objects of a batch, image by image, from a bottom [1, 1, G, 8] of rows (item, class, instance, xmin, ymin, xmax,
/// ymax, difficult); rows without an item are left out.
/// </summary>
internal sealed class TruthBoxes(LayerContext context, int bottom)
{
    private const int RowLength = 8;

    private Box[] boxes = [];
    private int[] labels = [];
    private int[] ends = [];

    /// <summary>Requires rows of eight numbers.</summary>
    public void RequireShape(Blob blob)
    {
        if (blob.LegacyDim(3) != RowLength || blob.AxisCount > 4)
        {
            throw context.Error(
                $"bottom '{context.Parameter.Bottom[bottom]}' has shape {blob.ShapeText}",
                "objects are rows (item, class, instance, xmin, ymin, xmax, ymax, difficult): [1, 1, G, 8]");
        }
    }

    /// <summary>Reads the objects.</summary>
    /// <param name="blob">The bottom.</param>
    /// <param name="items">Items in the batch.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="background">The class that no object may have.</param>
    /// <param name="useDifficult">Whether objects that are hard to recognise count.</param>
    /// <param name="onlyLabel">The class that all objects are taken to be; null for their own.</param>
    public void Read(Blob blob, int items, int classes, int background, bool useDifficult, int? onlyLabel)
    {
        ReadOnlySpan<float> rows = blob.Data;
        int count = rows.Length / RowLength;
        MakeRoom(count, items);
        for (int item = 0, at = 0; item < items; item++)
        {
            for (int row = 0; row < count; row++)
            {
                ReadOnlySpan<float> values = rows.Slice(row * RowLength, RowLength);
                if ((int)values[0] != item || (!useDifficult && values[7] != 0))
                {
                    continue;
                }

                boxes[at] = new Box(values[3], values[4], values[5], values[6]);
                labels[at++] = onlyLabel ?? (int)values[1];
            }

            ends[item] = at;
        }

        RequireLabels(rows, classes, background, onlyLabel is not null);
    }

    /// <summary>Returns the boxes of an item.</summary>
    public ReadOnlySpan<Box> Boxes(int item) => boxes.AsSpan(Start(item)..ends[item]);

    /// <summary>Returns the classes of an item's boxes.</summary>
    public ReadOnlySpan<int> Labels(int item) => labels.AsSpan(Start(item)..ends[item]);

    private int Start(int item) => item == 0 ? 0 : ends[item - 1];

    private void MakeRoom(int count, int items)
    {
        if (boxes.Length < count)
        {
            (boxes, labels) = (new Box[count], new int[count]);
        }

        if (ends.Length < items)
        {
            ends = new int[items];
        }
    }

    private void RequireLabels(ReadOnlySpan<float> rows, int classes, int background, bool isMapped)
    {
        for (int row = 0; row < rows.Length / RowLength; row++)
        {
            float label = rows[(row * RowLength) + 1];
            if ((int)rows[row * RowLength] != -1
                && ((int)label == background || (!isMapped && !(label >= 0 && label < classes))))
            {
                throw context.Error(
                    $"object {row} of '{context.Parameter.Bottom[bottom]}' is of class {label}",
                    (int)label == background
                        ? "that is the background; give another background_label_id"
                        : $"classes are 0 to {classes - 1}");
            }
        }
    }
}
