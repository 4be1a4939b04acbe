namespace Cnn.Engine.Checks;

/// <summary>Other shapes of a layer's bottoms, which change together where they have an axis in common.</summary>
/// <param name="Name">What the shapes are, for people.</param>
/// <param name="Shapes">The shapes; null where the bottoms have no such axis.</param>
internal sealed record ShapeChange(string Name, int[][]? Shapes)
{
    /// <summary>Returns shapes with another number of items.</summary>
    public static ShapeChange Items(string name, int[][] shapes, Func<int, int> change) =>
        OfAxes(name, shapes, 0, 1, change);

    /// <summary>Returns shapes with another number of channels.</summary>
    public static ShapeChange Channels(string name, int[][] shapes, Func<int, int> change) =>
        OfAxes(name, shapes, 1, 2, change);

    /// <summary>Returns shapes with other heights and widths.</summary>
    public static ShapeChange Pixels(string name, int[][] shapes, Func<int, int> change) =>
        OfAxes(name, shapes, 2, int.MaxValue, change);

    // Axes of other bottoms change with those of the first of the same size.
    private static ShapeChange OfAxes(string name, int[][] shapes, int from, int to, Func<int, int> change)
    {
        if (shapes.Length == 0 || shapes[0].Length <= from)
        {
            return new ShapeChange(name, null);
        }

        int[] first = shapes[0];
        int[][] changed = [.. shapes.Select(shape => shape.Select((dim, axis) =>
            axis >= from && axis < to && axis < first.Length && dim == first[axis] ? change(dim) : dim).ToArray())];
        bool isSame = changed.Select((shape, i) => shape.SequenceEqual(shapes[i])).All(same => same);
        return new ShapeChange(name, isSame ? null : changed);
    }
}
