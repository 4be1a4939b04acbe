namespace Cnn.Layers.Kernels.ImageTransform;

/// <summary>Fills a rectangle of an image, as far as it is inside.</summary>
internal static unsafe class RectangleFill
{
    /// <summary>Sets the values in the rectangle, in all channels.</summary>
    /// <param name="image">Values [C, H, W].</param>
    /// <param name="channels">C.</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <param name="top">The rectangle's first row; may be outside, as all that follows.</param>
    /// <param name="left">Its first column.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="value">The value.</param>
    public static void Run(
        float* image, int channels, int height, int width, int top, int left, int rows, int columns, float value)
    {
        KernelGuard.Array(image, channels, height, width);
        int firstRow = Math.Max(0, top), endRow = Math.Min(height, top + rows);
        int first = Math.Max(0, left), count = Math.Min(width, left + columns) - first;
        if (count <= 0)
        {
            return;
        }

        for (int c = 0; c < channels; c++, image += (long)height * width)
        {
            for (int y = firstRow; y < endRow; y++)
            {
                new Span<float>(image + ((long)y * width) + first, count).Fill(value);
            }
        }
    }
}
