using System.Numerics;

namespace Cnn.Layers.Kernels.ImageTransform;

/// <summary>
/// Warps an image by an affine map: pixel (x, y) of the target has the source's value at (Xx x + Xy y + X0, Yx x + Yy y
/// + Y0), interpolated between the four surrounding pixels, which are 0 outside the image.
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
    /// <param name="source">Pixels [C, H, W].</param>
    /// <param name="channels">C.</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <param name="rows">The target's rows.</param>
    /// <param name="columns">The target's columns.</param>
    /// <param name="target">Pixels [C, rows, columns]; integers are rounded.</param>
    public unsafe void Run<T>(T* source, int channels, int height, int width, int rows, int columns, T* target)
        where T : unmanaged, INumberBase<T>
    {
        KernelGuard.Array(source, channels, height, width);
        KernelGuard.Array(target, channels, rows, columns);
        KernelGuard.Apart(source, (long)channels * height * width, target, (long)channels * rows * columns);
        float half = T.IsZero(T.CreateTruncating(0.5f)) ? 0.5f : 0;
        for (int c = 0; c < channels; c++, source += height * width)
        {
            for (int y = 0; y < rows; y++)
            {
                for (int x = 0; x < columns; x++)
                {
                    float value = At(source, height, width, (Xx * x) + (Xy * y) + X0, (Yx * x) + (Yy * y) + Y0);
                    *target++ = T.CreateSaturating(value + half);
                }
            }
        }
    }

    private static unsafe float At<T>(T* source, int height, int width, float x, float y)
        where T : unmanaged, INumberBase<T>
    {
        // Also false for NaN.
        if (!(x > -1 && x < width && y > -1 && y < height))
        {
            return 0;
        }

        int left = (int)MathF.Floor(x), top = (int)MathF.Floor(y);
        float right = x - left, below = y - top;
        float upper = ((1 - right) * Pixel(source, height, width, left, top))
            + (right * Pixel(source, height, width, left + 1, top));
        float lower = ((1 - right) * Pixel(source, height, width, left, top + 1))
            + (right * Pixel(source, height, width, left + 1, top + 1));
        return ((1 - below) * upper) + (below * lower);
    }

    private static unsafe float Pixel<T>(T* source, int height, int width, int x, int y)
        where T : unmanaged, INumberBase<T> =>
        (uint)x < (uint)width && (uint)y < (uint)height ? float.CreateTruncating(source[(y * width) + x]) : 0;
}
