namespace Cnn.Layers.Detection;

/// <summary>
/// One image of a YOLO map [N, A (5 + C), H, W]: A boxes at each cell, each with its place, size, objectness and the
/// scores of C classes. (Redmon and Farhadi, "YOLO9000", CVPR 2017, section 2.)
/// </summary>
internal readonly unsafe struct YoloMap
{
    /// <summary>Where a box's objectness is.</summary>
    public const int Objectness = 4;

    /// <summary>Where a box's classes begin.</summary>
    public const int FirstClass = 5;

    private readonly float* values;
    private readonly int classes;

    /// <summary>Describes an image of a map.</summary>
    public YoloMap(Blob map, int item, int classes)
    {
        (this.classes, Height, Width) = (classes, map.Dim(2), map.Dim(3));
        values = map.DataPointer + ((long)item * map.CountOf(1));
    }

    /// <summary>Rows of cells.</summary>
    public int Height { get; }

    /// <summary>Columns of cells.</summary>
    public int Width { get; }

    /// <summary>The number of cells, which is also how far apart a box's values are.</summary>
    public int Cells => Height * Width;

    /// <summary>Returns where a value of a box is in the image.</summary>
    public long At(int cell, int box, int value) => (((box * (FirstClass + (long)classes)) + value) * Cells) + cell;

    /// <summary>Returns a value of a box.</summary>
    public float Value(int cell, int box, int value) => values[At(cell, box, value)];

    /// <summary>Returns the sigmoid of a value of a box.</summary>
    public float Sigmoid(int cell, int box, int value) => YoloBoxes.Sigmoid(Value(cell, box, value));

    /// <summary>
    /// Returns a box, in shares of the image: at the cell's corner plus the sigmoids of the first two values, with the
    /// exponentials of the next two times the anchor's sides.
    /// </summary>
    /// <param name="cell">The cell.</param>
    /// <param name="box">Which of its boxes.</param>
    /// <param name="width">The anchor's width in shares of the image.</param>
    /// <param name="height">The anchor's height.</param>
    public YoloObject Box(int cell, int box, float width, float height) => new(
        0,
        ((cell % Width) + Sigmoid(cell, box, 0)) / Width,
        ((cell / Width) + Sigmoid(cell, box, 1)) / Height,
        MathF.Exp(Value(cell, box, 2)) * width,
        MathF.Exp(Value(cell, box, 3)) * height);

    /// <summary>Returns the cell that a place is in, at the edge where it lies outside.</summary>
    public int CellOf(in YoloObject place) =>
        (Math.Clamp((int)(place.Y * Height), 0, Height - 1) * Width)
        + Math.Clamp((int)(place.X * Width), 0, Width - 1);

    /// <summary>
    /// Returns the best class of a box, its score, and the softmax's divisor: the sum of the exponentials of the
    /// scores' distances from it.
    /// </summary>
    public (int Label, float Largest, float Sum) Softmax(int cell, int box)
    {
        int label = 0;
        for (int c = 1; c < classes; c++)
        {
            label = Value(cell, box, FirstClass + c) > Value(cell, box, FirstClass + label) ? c : label;
        }

        float largest = Value(cell, box, FirstClass + label), sum = 0;
        for (int c = 0; c < classes; c++)
        {
            sum += MathF.Exp(Value(cell, box, FirstClass + c) - largest);
        }

        return (label, largest, sum);
    }
}
