namespace Cnn.Layers.Kernels.ImageTransform;

/// <summary>A border of one value around an image.</summary>
internal static unsafe class ImageBorder
{
    /// <summary>Copies an image into the middle of a larger one.</summary>
    /// <param name="source">Pixels [C, H, W].</param>
    /// <param name="channels">C.</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <param name="pad">The border's width.</param>
    /// <param name="target">Pixels [C, H + 2 pad, W + 2 pad].</param>
    /// <param name="fill">The border's value.</param>
    public static void Run<T>(T* source, int channels, int height, int width, int pad, T* target, T fill)
        where T : unmanaged
    {
        KernelGuard.Array(source, channels, height, width);
        KernelGuard.Size(pad);
        int rows = checked(height + (2 * pad)), columns = checked(width + (2 * pad));
        new Span<T>(target, checked(channels * rows * columns)).Fill(fill);
        for (int c = 0; c < channels; c++)
        {
            T* row = target + (((c * rows) + pad) * columns) + pad;
            for (int h = 0; h < height; h++, source += width, row += columns)
            {
                new ReadOnlySpan<T>(source, width).CopyTo(new Span<T>(row, width));
            }
        }
    }
}
