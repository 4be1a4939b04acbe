using Cnn.Layers.Kernels.Gemm;

namespace Cnn.Layers.Kernels.Convolution.Direct;

/// <summary>
/// A convolution with outputs in the vectors: y[image, group, M, pixel] = the sum over K taps of W[group, M, K] and the
/// pixel's value under the tap, plus the bias. The weights have any strides.
/// </summary>
internal unsafe struct OutputProblem
{
    /// <summary>[Images, Groups, channels, rows, columns].</summary>
    public float* X;

    /// <summary>Floats from one group's channels to the next; those of all groups make an image.</summary>
    public nint InputStep;

    /// <summary>
    /// How strips of the image are laid out before they are read; null if the image is read in place, as one strip.
    /// </summary>
    public ImageLayout? Layout;

    /// <summary>The tiles of a strip.</summary>
    public PixelTiles Tiles;

    /// <summary>Strips of an image.</summary>
    public int Strips;

    /// <summary>Pixels of a strip; the last may have fewer.</summary>
    public int StripPixels;

    /// <summary>The offset of each of the K taps.</summary>
    public int* Taps;

    /// <summary>Taps of a block, whose products are added to those of the blocks before.</summary>
    public int Depth;

    /// <summary>The weight of a group's output m and tap k is at m * RowStep + k * ColumnStep.</summary>
    public float* Weights;

    /// <summary>[Groups, M], or null.</summary>
    public float* Bias;

    /// <summary>[Images, Groups, M, N]; overwritten.</summary>
    public float* Y;

    /// <summary>
    /// Whether the pixels are those of as many images of one pixel: then the result is [N, Groups, M], with one image.
    /// </summary>
    public bool PixelsAreImages;

    /// <summary>As <see cref="Y"/>, added before the rectifier; or null.</summary>
    public float* Addend;

    public int Images, Groups, M, N, K, RowStep, ColumnStep;

    /// <summary>The rectifier of the result; null for none.</summary>
    public Rectifier? Rectifier;

    /// <summary>Lays out a strip, or returns where it is if the image is read in place.</summary>
    /// <param name="group">The group, counted through all images.</param>
    /// <param name="strip">The strip of the image.</param>
    /// <param name="scratch">The buffer for the layout, or null if the image is read in place.</param>
    public readonly float* Lay(nint group, int strip, float* scratch)
    {
        float* image = X + (group * InputStep);
        if (Layout is null)
        {
            return image;
        }

        int outWidth = StripPixels / Layout.OutRows, pixels = Math.Min(StripPixels, N - (strip * StripPixels));
        return Layout.Lay(image, strip * Layout.OutRows, pixels / outWidth, scratch);
    }
}
