namespace Cnn.Campaigns.References.Detection;

/// <summary>
/// A map [N, A (5 + C), H, W] of A boxes at each cell: a place, sides, an objectness and the scores of C classes. A box
/// is at (image, row, column, number).
/// </summary>
internal sealed class YoloCells(ReferenceBlob map, int boxes, int classes)
{
    /// <summary>Where a box's objectness is.</summary>
    public const int Objectness = 4;

    /// <summary>Where a box's classes begin.</summary>
    public const int Classes = 5;

    /// <summary>The columns of the map.</summary>
    public int Width => map.Shape[3];

    /// <summary>The rows of the map.</summary>
    public int Height => map.Shape[2];

    /// <summary>Returns where the boxes of an image are.</summary>
    public IEnumerable<int[]> Boxes(int image) =>
        Positions.Of([1, Height, Width, boxes]).Select(at => new[] { image, at[1], at[2], at[3] });

    /// <summary>Returns where the box of a number is in the cell that an object is in.</summary>
    public int[] At(int image, YoloTruth truth, int box) =>
        [image, Rounding.Cell(truth.Y * Height, Height), Rounding.Cell(truth.X * Width, Width), box];

    /// <summary>Returns the place in the map of a value of a box.</summary>
    public int Place(int[] at, int value) => map.Offset(at[0], (at[3] * (5 + classes)) + value, at[1], at[2]);

    /// <summary>Returns a value of a box.</summary>
    public double Value(int[] at, int value) => map.Data[Place(at, value)];

    /// <summary>Returns the sigmoid of a value of a box.</summary>
    public double Sigmoid(int[] at, int value) => 1 / (1 + Math.Exp(-Value(at, value)));

    /// <summary>Returns the softmax of a box's classes.</summary>
    public double[] Softmax(int[] at)
    {
        double[] powers = [.. Enumerable.Range(0, classes).Select(c => Math.Exp(Value(at, Classes + c)))];
        return [.. powers.Select(p => p / powers.Sum())];
    }

    /// <summary>Returns the box that the map tells, around an anchor of a width and a height.</summary>
    public Box Box(int[] at, (double Width, double Height) anchor) => Detection.Box.Around(
        (at[2] + Sigmoid(at, 0)) / Width,
        (at[1] + Sigmoid(at, 1)) / Height,
        Math.Exp(Value(at, 2)) * anchor.Width,
        Math.Exp(Value(at, 3)) * anchor.Height);
}
