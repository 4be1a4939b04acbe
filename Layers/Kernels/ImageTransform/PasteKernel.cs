namespace Cnn.Layers.Kernels.ImageTransform;

/// <summary>
/// Puts a small image into a larger blob of zeros, as Caffe's <c>WindowData</c> does: out = (pixel - mean) * scale. The
/// image is flipped before it is put there, and the mean is read at the place where the pixel goes.
/// </summary>
internal static unsafe class PasteKernel
{
    /// <summary>Fills the target.</summary>
    /// <param name="source">Pixels [C, H, W].</param>
    /// <param name="channels">C.</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <param name="target">Values [C, side, side].</param>
    /// <param name="side">Rows and columns of the target.</param>
    /// <param name="top">The target's rows above the image.</param>
    /// <param name="left">The target's columns to the left of the image.</param>
    /// <param name="mirror">Whether the image is flipped left to right.</param>
    /// <param name="mean">Mean of the target's first pixel in a mean image; null for none.</param>
    /// <param name="meanRow">Values from a row of the mean image to the next.</param>
    /// <param name="meanPlane">Values from a channel of the mean image to the next.</param>
    /// <param name="channelMean">Means [C]; null for none.</param>
    /// <param name="scale">The factor.</param>
    public static void Run(
        byte* source,
        int channels,
        int height,
        int width,
        float* target,
        int side,
        int top,
        int left,
        bool mirror,
        float* mean,
        int meanRow,
        int meanPlane,
        float* channelMean,
        float scale)
    {
        KernelGuard.Array(source, channels, height, width);
        KernelGuard.Array(target, channels, side, side);
        KernelGuard.Size(top);
        KernelGuard.Size(left);
        KernelGuard.Size(side - top - height, "the rows below the image");
        KernelGuard.Size(side - left - width, "the columns to the right of the image");
        new Span<float>(target, checked(channels * side * side)).Clear();
        for (int c = 0; c < channels; c++)
        {
            float centre = channelMean != null ? channelMean[c] : 0;
            for (int h = 0; h < height; h++, source += width)
            {
                float* row = target + (((c * side) + top + h) * side) + left;
                float* means = mean == null ? null : mean + (c * meanPlane) + ((top + h) * meanRow) + left;
                for (int w = 0; w < width; w++)
                {
                    byte pixel = source[mirror ? width - 1 - w : w];
                    row[w] = (pixel - (means != null ? means[w] : centre)) * scale;
                }
            }
        }
    }
}
