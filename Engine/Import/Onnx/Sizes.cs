using Cnn.Layers;

namespace Cnn.Engine.Import.Onnx;

/// <summary>Arithmetic of shapes.</summary>
internal static class Sizes
{
    /// <summary>Returns the number of values of a shape that <see cref="IsPossible"/>.</summary>
    public static int Count(ReadOnlySpan<int> shape)
    {
        int count = 1;
        foreach (int dim in shape)
        {
            count *= dim;
        }

        return count;
    }

    /// <summary>Whether a blob can have a shape.</summary>
    public static bool IsPossible(ReadOnlySpan<int> shape)
    {
        UInt128 count = 1;
        foreach (int dim in shape)
        {
            if (dim < 0 || (count *= (UInt128)dim) > BlobSize.Most)
            {
                return false;
            }
        }

        return shape.Length <= Blob.MaxAxes;
    }

    /// <summary>Returns the elements from each index to the next, by axis.</summary>
    public static long[] Strides(ReadOnlySpan<int> shape)
    {
        var strides = new long[shape.Length];
        long stride = 1;
        for (int axis = shape.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= shape[axis];
        }

        return strides;
    }

    /// <summary>Returns the shape that ONNX's operators give two shapes together; null where they do not fit.</summary>
    public static int[]? Broadcast(ReadOnlySpan<int> a, ReadOnlySpan<int> b)
    {
        var shape = new int[Math.Max(a.Length, b.Length)];
        for (int axis = 1; axis <= shape.Length; axis++)
        {
            int x = axis <= a.Length ? a[^axis] : 1, y = axis <= b.Length ? b[^axis] : 1;
            if (x != y && x != 1 && y != 1)
            {
                return null;
            }

            shape[^axis] = x == 1 ? y : x;
        }

        return IsPossible(shape) ? shape : null;
    }

    /// <summary>Returns a shape with axes of size 1 in front.</summary>
    public static int[] WithAxes(ReadOnlySpan<int> shape, int axes) =>
        [.. Enumerable.Repeat(1, axes - shape.Length), .. shape];

    /// <summary>Returns a shape as text: <c>1 x 3 x 224 x 224</c>.</summary>
    public static string Text(IEnumerable<int> shape) =>
        string.Join(" x ", shape) is { Length: > 0 } text ? text : "()";
}
