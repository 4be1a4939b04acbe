namespace Cnn.Layers.Kernels.ImageTransform;

/// <summary>
/// Draws a plane of bytes as a projective map shows it. The plane is continued around itself by its own size on every
/// side; beyond that are zeros. Values between pixels are interpolated.
/// </summary>
internal static class PerspectiveWarp
{
    /// <summary>Draws a plane.</summary>
    /// <param name="from">The plane, [H, W].</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <param name="to">Receives the picture, [H, W].</param>
    /// <param name="map">
    /// The map from the picture's pixels to those of the continued plane, whose first pixel is H rows above and W
    /// columns to the left of the plane's.
    /// </param>
    /// <param name="border">How the plane continues.</param>
    public static void Run(
        ReadOnlySpan<byte> from, int height, int width, Span<byte> to, Perspective map, PlaneBorder border)
    {
        for (int i = 0; i < to.Length; i++)
        {
            var (x, y) = map.Map(i % width, i / width);

            // Anything that is no number is beyond, too.
            if (!(x > -1 && x < 3.0 * width && y > -1 && y < 3.0 * height))
            {
                to[i] = 0;
                continue;
            }

            int left = (int)Math.Floor(x), top = (int)Math.Floor(y);
            double across = x - left, down = y - top;
            double upper = (At(from, height, width, top, left, border) * (1 - across))
                + (At(from, height, width, top, left + 1, border) * across);
            double lower = (At(from, height, width, top + 1, left, border) * (1 - across))
                + (At(from, height, width, top + 1, left + 1, border) * across);
            to[i] = (byte)Math.Round((upper * (1 - down)) + (lower * down), MidpointRounding.ToEven);
        }
    }

    private static byte At(
        ReadOnlySpan<byte> plane, int height, int width, int row, int column, PlaneBorder border)
    {
        if (row < 0 || row >= 3 * height || column < 0 || column >= 3 * width)
        {
            return 0;
        }

        int y = row - height, x = column - width;
        bool isInside = y >= 0 && y < height && x >= 0 && x < width;
        if (!isInside && border == PlaneBorder.Zeros)
        {
            return 0;
        }

        if (!isInside)
        {
            (y, x) = border == PlaneBorder.Mirrored
                ? (BytePadding.Mirror(y, height), BytePadding.Mirror(x, width))
                : (Math.Clamp(y, 0, height - 1), Math.Clamp(x, 0, width - 1));
        }

        return plane[(y * width) + x];
    }
}
