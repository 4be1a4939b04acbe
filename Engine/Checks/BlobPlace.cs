namespace Cnn.Engine.Checks;

/// <summary>Writes the place of a value in a blob.</summary>
internal static class BlobPlace
{
    /// <summary>Returns an index of each axis: <c>[0, 2, 5, 1]</c>; <c>[]</c> for a scalar.</summary>
    /// <param name="shape">The blob's shape.</param>
    /// <param name="index">The value's index, row-major.</param>
    public static string Text(ReadOnlySpan<int> shape, int index)
    {
        var place = new int[shape.Length];
        for (int axis = shape.Length - 1; axis >= 0; axis--)
        {
            place[axis] = index % shape[axis];
            index /= shape[axis];
        }

        return $"[{string.Join(", ", place)}]";
    }
}
