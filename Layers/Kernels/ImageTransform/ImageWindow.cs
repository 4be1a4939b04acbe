namespace Cnn.Layers.Kernels.ImageTransform;

/// <summary>A window of an image [C, H, W].</summary>
/// <param name="Channels">Channels of the image.</param>
/// <param name="Height">Rows of the image.</param>
/// <param name="Width">Columns of the image.</param>
/// <param name="Top">The window's first row.</param>
/// <param name="Left">The window's first column.</param>
/// <param name="WindowHeight">The window's rows.</param>
/// <param name="WindowWidth">The window's columns.</param>
internal readonly record struct ImageWindow(
    int Channels, int Height, int Width, int Top, int Left, int WindowHeight, int WindowWidth)
{
    /// <summary>Index in the image of the first pixel of a row of the window.</summary>
    public int Offset(int channel, int row) => (((channel * Height) + Top + row) * Width) + Left;
}
