namespace Cnn.Layers.Kernels.Permute;

/// <summary>
/// How an array's axes are put into another order, with as few axes as that takes: axes of size 1 are left out, and
/// axes that stay side by side are one.
/// </summary>
internal sealed class AxisOrder
{
    private readonly int[] sizes;
    private readonly int[] strides;

    /// <summary>Makes an order for arrays of up to <paramref name="maxAxes"/> axes.</summary>
    public AxisOrder(int maxAxes) => (sizes, strides) = (new int[maxAxes + 1], new int[maxAxes + 1]);

    /// <summary>The number of values.</summary>
    public int Count { get; private set; }

    /// <summary>The target's sizes, outermost first; at least one.</summary>
    public ReadOnlySpan<int> Sizes => sizes.AsSpan(0, Axes);

    /// <summary>Distance in the source from one value to the next along each of the target's axes.</summary>
    public ReadOnlySpan<int> Strides => strides.AsSpan(0, Axes);

    private int Axes { get; set; }

    /// <summary>Sets the order.</summary>
    /// <param name="shape">The source's sizes; their product is below 2^31.</param>
    /// <param name="order">The source's axis that each axis of the target is.</param>
    public void Set(ReadOnlySpan<int> shape, ReadOnlySpan<int> order)
    {
        (Axes, Count) = (0, 1);
        int next = -1;
        foreach (int axis in order)
        {
            Count *= shape[axis];
            if (shape[axis] == 1)
            {
                continue;
            }

            if (Axes > 0 && axis == next)
            {
                sizes[Axes - 1] *= shape[axis];
            }
            else
            {
                sizes[Axes++] = shape[axis];
            }

            strides[Axes - 1] = Stride(shape, axis);
            next = Following(shape, axis);
        }

        if (Axes == 0)
        {
            (sizes[0], strides[0], Axes) = (1, 1, 1);
        }
    }

    // In an empty array a product may be too large for an int; no value is read then.
    private static int Stride(ReadOnlySpan<int> shape, int axis)
    {
        int stride = 1;
        for (int i = axis + 1; i < shape.Length; i++)
        {
            stride = unchecked(stride * shape[i]);
        }

        return stride;
    }

    private static int Following(ReadOnlySpan<int> shape, int axis)
    {
        axis++;
        while (axis < shape.Length && shape[axis] == 1)
        {
            axis++;
        }

        return axis;
    }
}
