namespace Cnn.Layers.Vision;

/// <summary>The padding of a layer with windows: as much as is given on each side, or as much as it takes.</summary>
/// <param name="Before">Zeros before each axis.</param>
/// <param name="After">Zeros after each axis.</param>
/// <param name="IsSame">
/// Whether both are computed instead: so that there are <c>ceil(size / stride)</c> windows, with the smaller half
/// before, as TensorFlow's padding SAME.
/// </param>
internal sealed record WindowPadding(int[] Before, int[] After, bool IsSame = false)
{
    /// <summary>Whether nothing is padded, whatever the size.</summary>
    public bool IsNone { get; } =
        !IsSame && Array.TrueForAll(Before, pad => pad == 0) && Array.TrueForAll(After, pad => pad == 0);

    /// <summary>Whether each axis is padded alike on both sides, whatever the size.</summary>
    public bool IsEven { get; } = !IsSame && Before.AsSpan().SequenceEqual(After);

    /// <summary>Returns the padding of an axis.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="size">Its size.</param>
    /// <param name="extent">The size of a window, from its first tap to its last.</param>
    /// <param name="stride">Steps from window to window.</param>
    public (int Before, int After) Of(int axis, long size, long extent, int stride)
    {
        if (!IsSame)
        {
            return (Before[axis], After[axis]);
        }

        long windows = (size + stride - 1) / stride;
        int total = (int)Math.Clamp(((windows - 1) * stride) + extent - size, 0, int.MaxValue / 4);
        return (total / 2, total - (total / 2));
    }
}
