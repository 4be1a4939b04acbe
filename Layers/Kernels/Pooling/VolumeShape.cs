namespace Cnn.Layers.Kernels.Pooling;

/// <summary>
/// The geometry of pooling one channel [L, H, W]; each array has an entry for length, rows and columns.
/// </summary>
/// <param name="Size">The sizes of the channel.</param>
/// <param name="Pooled">The sizes of the result.</param>
/// <param name="Kernel">The sizes of a window.</param>
/// <param name="Stride">Steps from window to window.</param>
/// <param name="Pad">Zeros on either side.</param>
internal sealed record VolumeShape(int[] Size, int[] Pooled, int[] Kernel, int[] Stride, int[] Pad)
{
    /// <summary>Values of a channel.</summary>
    public int Volume { get; } = Size[0] * Size[1] * Size[2];

    /// <summary>Values of a channel of the result.</summary>
    public int PooledVolume { get; } = Pooled[0] * Pooled[1] * Pooled[2];

    /// <summary>
    /// Returns the range of a window on an axis, clipped to the channel, and its length, which counts padding but not
    /// what lies beyond it.
    /// </summary>
    public (int First, int End, int Length) At(int axis, int window)
    {
        int first = (window * Stride[axis]) - Pad[axis];
        int end = Math.Min(first + Kernel[axis], Size[axis] + Pad[axis]);
        return (Math.Max(first, 0), Math.Min(end, Size[axis]), Math.Max(1, end - first));
    }
}
