namespace Cnn.Layers.Kernels.Pooling;

/// <summary>The geometry of pooling one channel plane.</summary>
/// <param name="Height">Input rows.</param>
/// <param name="Width">Input columns.</param>
/// <param name="PooledHeight">Output rows.</param>
/// <param name="PooledWidth">Output columns.</param>
/// <param name="KernelHeight">Rows of a window.</param>
/// <param name="KernelWidth">Columns of a window.</param>
/// <param name="StrideHeight">Rows from window to window.</param>
/// <param name="StrideWidth">Columns from window to window.</param>
/// <param name="PadHeight">Rows of padding above.</param>
/// <param name="PadWidth">Columns of padding on the left.</param>
/// <param name="MoreBelow">Rows of padding below more than above; negative for fewer.</param>
/// <param name="MoreRight">Columns of padding on the right more than on the left; negative for fewer.</param>
/// <param name="LeavesOutPadding">Whether the divisor of averages counts the image's pixels alone.</param>
internal readonly record struct PoolingShape(
    int Height,
    int Width,
    int PooledHeight,
    int PooledWidth,
    int KernelHeight,
    int KernelWidth,
    int StrideHeight,
    int StrideWidth,
    int PadHeight,
    int PadWidth,
    int MoreBelow = 0,
    int MoreRight = 0,
    bool LeavesOutPadding = false)
{
    /// <summary>Values in an input plane.</summary>
    public int PlaneSize => Height * Width;

    /// <summary>Values in an output plane.</summary>
    public int PooledSize => PooledHeight * PooledWidth;

    /// <summary>Whether the windows are the plane's squares of two by two, each pixel in exactly one.</summary>
    public bool IsSquaresOfTwo =>
        KernelHeight == 2 && KernelWidth == 2 && StrideHeight == 2 && StrideWidth == 2
        && PadHeight == 0 && PadWidth == 0 && Height == 2L * PooledHeight && Width == 2L * PooledWidth;

    /// <summary>Returns the pixels of a window, clipped to the image, and Caffe's divisor of averages.</summary>
    /// <remarks>
    /// The divisor counts padding, but not the part of a window beyond the image and its padding. It is 1 where a
    /// stride larger than the kernel puts a window outside both, so that its mean is 0.
    /// </remarks>
    public Window At(int row, int column)
    {
        int top = (row * StrideHeight) - PadHeight, left = (column * StrideWidth) - PadWidth;
        int bottom = Math.Min(top + KernelHeight, Height + PadHeight + MoreBelow);
        int right = Math.Min(left + KernelWidth, Width + PadWidth + MoreRight);
        var window = new Window(
            Math.Max(top, 0), Math.Min(bottom, Height), Math.Max(left, 0), Math.Min(right, Width), 0);
        int rows = LeavesOutPadding ? window.Bottom - window.Top : bottom - top;
        int columns = LeavesOutPadding ? window.Right - window.Left : right - left;
        return window with { Area = rows > 0 && columns > 0 ? rows * columns : 1 };
    }

    /// <summary>
    /// The rows from Top to Bottom and the columns from Left to Right, ends exclusive, and the divisor of an average.
    /// </summary>
    public readonly record struct Window(int Top, int Bottom, int Left, int Right, int Area);
}
