namespace Cnn.Layers.Kernels.Resize;

/// <summary>
/// The sizes of resizing [planes, H, W, channels] to [planes, H', W', channels]. Images of Caffe's order [N, C, H, W]
/// are N C planes with one channel.
/// </summary>
/// <param name="Planes">Planes.</param>
/// <param name="Height">Rows of x that are read.</param>
/// <param name="Width">Columns of x that are read.</param>
/// <param name="OutHeight">Rows of y.</param>
/// <param name="OutWidth">Columns of y.</param>
/// <param name="Channels">Values of a pixel, side by side.</param>
/// <param name="RowSize">Values from one row of x to the next.</param>
/// <param name="PlaneSize">Values from one plane of x to the next.</param>
/// <param name="First">The first value of a plane of x that is read.</param>
internal readonly record struct ResizeShape(
    int Planes, int Height, int Width, int OutHeight, int OutWidth, int Channels, int RowSize, int PlaneSize, int First)
{
    /// <summary>Makes the sizes of images that are read as a whole.</summary>
    public ResizeShape(int planes, int height, int width, int outHeight, int outWidth, int channels = 1)
        : this(
            planes, height, width, outHeight, outWidth, channels, width * channels, height * width * channels, 0)
    {
    }

    /// <summary>Values of a plane of y.</summary>
    public int OutPlaneSize => OutHeight * OutWidth * Channels;
}
