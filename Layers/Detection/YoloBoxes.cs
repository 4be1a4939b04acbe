namespace Cnn.Layers.Detection;

/// <summary>
/// The boxes that YOLO's output layers find, each a centre, sides, a score and a class; all images of a batch together.
/// It writes those that overlap no better one, whatever their classes, as rows (0, class + 1, score, x1, y1, x2, y2):
/// the image is always 0, as in the fork. It reuses its memory from pass to pass.
/// </summary>
internal sealed unsafe class YoloBoxes
{
    /// <summary>Values of a row.</summary>
    public const int RowValues = 7;

    private readonly BoxSuppression suppression = new(border: 0);
    private readonly List<Box> boxes = [];
    private readonly List<ulong> order = [];
    private readonly List<int> kept = [];

    /// <summary>Returns 1 / (1 + exp(-x)).</summary>
    public static float Sigmoid(float x) => 1 / (1 + MathF.Exp(-x));

    /// <summary>Forgets all boxes.</summary>
    public void Clear()
    {
        boxes.Clear();
        order.Clear();
        kept.Clear();
    }

    /// <summary>Adds a box.</summary>
    /// <param name="x">The centre's column, as a share of the width.</param>
    /// <param name="y">The centre's row, as a share of the height.</param>
    /// <param name="width">The width.</param>
    /// <param name="height">The height.</param>
    /// <param name="score">The score.</param>
    /// <param name="label">The class, from 0.</param>
    public void Add(float x, float y, float width, float height, float score, int label)
    {
        order.Add(BoxOrder.Key(score, (uint)boxes.Count));
        boxes.Add(new Box(
            x - (width / 2), y - (height / 2), x + (width / 2), y + (height / 2), score, label));
    }

    /// <summary>
    /// Writes the boxes that stay, the best first; where there is none, a row (i, -1...) for each image.
    /// </summary>
    /// <param name="top">Receives [1, 1, K, 7].</param>
    /// <param name="images">The number of images.</param>
    /// <param name="threshold">The overlap from which the worse of two boxes is dropped.</param>
    public void Write(Blob top, int images, float threshold)
    {
        order.Sort();
        suppression.Clear();
        for (int i = order.Count - 1; i >= 0; i--)
        {
            int which = BoxOrder.Index(order[i]);
            Box box = boxes[which];
            if (suppression.TryKeep(box.Left, box.Top, box.Right, box.Bottom, threshold, dropsEqual: true))
            {
                kept.Add(which);
            }
        }

        top.Reshape(1, 1, kept.Count > 0 ? kept.Count : images, RowValues);
        float* row = top.DataPointer;
        for (int i = 0; i < kept.Count; i++, row += RowValues)
        {
            Box box = boxes[kept[i]];
            (row[0], row[1], row[2]) = (0, box.Label + 1, box.Score);
            (row[3], row[4], row[5], row[6]) = (box.Left, box.Top, box.Right, box.Bottom);
        }

        for (int i = 0; i < images && kept.Count == 0; i++, row += RowValues)
        {
            new Span<float>(row, RowValues).Fill(-1);
            row[0] = i;
        }
    }

    private readonly record struct Box(float Left, float Top, float Right, float Bottom, float Score, int Label);
}
