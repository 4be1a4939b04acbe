
namespace Cnn.Layers.Kernels.ImageTransform;

/// <summary>
/// Warps an image by an affine map: pixel (x, y) of the target has the source's value at (Xx x + Xy y + X0, Yx x + Yy y
/// + Y0), displaced by what a field says, and interpolated between the four surrounding pixels.
/// </summary>
/// <param name="Xx">Source columns per target column.</param>
/// <param name="Xy">Source columns per target row.</param>
/// <param name="X0">Source column of the target's first pixel.</param>
/// <param name="Yx">Source rows per target column.</param>
/// <param name="Yy">Source rows per target row.</param>
/// <param name="Y0">Source row of the target's first pixel.</param>
internal readonly record struct AffineWarp(float Xx, float Xy, float X0, float Yx, float Yy, float Y0)
{
    /// <summary>Fills the target.</summary>
    /// <param name="source">Pixels [C, H, W], of bytes or floats.</param>
    /// <param name="channels">C.</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <param name="rows">The target's rows.</param>
    /// <param name="columns">The target's columns.</param>
    /// <param name="target">Pixels [C, rows, columns]; bytes are rounded.</param>
    /// <param name="fill">Value of the pixels outside the image.</param>
    /// <param name="right">Displacements in source columns, [rows, columns]; null for none.</param>
    /// <param name="down">Displacements in source rows, [rows, columns]; null for none.</param>
    public unsafe void Run<T>(
        T* source, int channels, int height, int width, int rows, int columns, T* target, float fill = 0,
        float* right = null, float* down = null)
        where T : unmanaged
    {
        KernelGuard.Array(source, channels, height, width);
        KernelGuard.Array(target, channels, rows, columns);
        KernelGuard.Apart(source, (long)channels * height * width, target, (long)channels * rows * columns);
        KernelGuard.ArrayOrNull(right, rows, columns);
        KernelGuard.ArrayOrNull(down, rows, columns);
        int plane = rows * columns;
        for (int y = 0, i = 0; y < rows; y++)
        {
            for (int x = 0; x < columns; x++, i++)
            {
                float column = (Xx * x) + (Xy * y) + X0, row = (Yx * x) + (Yy * y) + Y0;
                if (right != null)
                {
                    column += right[i];
                    row += down[i];
                }

                // The same place for all channels. Also outside for NaN.
                if (!(column > -1 && column < width && row > -1 && row < height))
                {
                    T outside = PixelRow.FromFloat<T>(fill);
                    for (int c = 0; c < channels; c++)
                    {
                        target[(c * plane) + i] = outside;
                    }

                    continue;
                }

                int first = (int)MathF.Floor(column), top = (int)MathF.Floor(row);
                var place = new Place(first, top, column - first, row - top, fill);
                for (int c = 0; c < channels; c++)
                {
                    float value = place.Value(source + (c * height * width), height, width);
                    target[(c * plane) + i] = PixelRow.FromFloat<T>(value);
                }
            }
        }
    }

    // Between the pixels (Left, Top) and (Left + 1, Top + 1), as far from the first as Right and Below say.
    private readonly record struct Place(int Left, int Top, float Right, float Below, float Fill)
    {
        public unsafe float Value<T>(T* source, int height, int width)
            where T : unmanaged
        {
            T* at = source + ((long)Top * width) + Left;
            bool isInside = (uint)Left < (uint)(width - 1) && (uint)Top < (uint)(height - 1);
            return isInside
                ? Between(
                    PixelRow.Pixel(at), PixelRow.Pixel(at + 1), PixelRow.Pixel(at + width),
                    PixelRow.Pixel(at + width + 1))
                : Between(
                    Pixel(source, height, width, Left, Top), Pixel(source, height, width, Left + 1, Top),
                    Pixel(source, height, width, Left, Top + 1), Pixel(source, height, width, Left + 1, Top + 1));
        }

        private float Between(float first, float second, float third, float fourth)
        {
            float upper = ((1 - Right) * first) + (Right * second);
            float lower = ((1 - Right) * third) + (Right * fourth);
            return ((1 - Below) * upper) + (Below * lower);
        }

        private unsafe float Pixel<T>(T* source, int height, int width, int x, int y)
            where T : unmanaged =>
            (uint)x < (uint)width && (uint)y < (uint)height ? PixelRow.Pixel(source + (y * width) + x) : Fill;
    }
}
