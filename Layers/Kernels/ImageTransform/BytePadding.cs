namespace Cnn.Layers.Kernels.ImageTransform;

/// <summary>Puts a plane of bytes into a larger one.</summary>
internal static class BytePadding
{
    /// <summary>Puts a plane somewhere; what is around it stays.</summary>
    /// <param name="from">The plane.</param>
    /// <param name="width">Its columns.</param>
    /// <param name="to">The larger plane.</param>
    /// <param name="toWidth">The larger plane's columns.</param>
    /// <param name="top">Rows above it.</param>
    /// <param name="left">Columns to its left.</param>
    public static void Place(ReadOnlySpan<byte> from, int width, Span<byte> to, int toWidth, int top, int left)
    {
        for (int y = 0; y * width < from.Length; y++)
        {
            from.Slice(y * width, width).CopyTo(to[(((top + y) * toWidth) + left)..]);
        }
    }

    /// <summary>Fills a plane with a smaller one, which continues mirrored or with its border repeated.</summary>
    /// <param name="from">The plane.</param>
    /// <param name="height">Its rows.</param>
    /// <param name="width">Its columns.</param>
    /// <param name="to">The larger plane.</param>
    /// <param name="toWidth">The larger plane's columns.</param>
    /// <param name="top">Rows above it.</param>
    /// <param name="left">Columns to its left.</param>
    /// <param name="isMirrored">Whether it continues mirrored about its outermost pixels.</param>
    public static void Continue(
        ReadOnlySpan<byte> from, int height, int width, Span<byte> to, int toWidth, int top, int left, bool isMirrored)
    {
        for (int i = 0; i < to.Length; i++)
        {
            int y = (i / toWidth) - top, x = (i % toWidth) - left;
            (y, x) = isMirrored ? (Mirror(y, height), Mirror(x, width))
                : (Math.Clamp(y, 0, height - 1), Math.Clamp(x, 0, width - 1));
            to[i] = from[(y * width) + x];
        }
    }

    /// <summary>Returns the place whose mirror image a place outside 0 to size - 1 is.</summary>
    public static int Mirror(int place, int size)
    {
        while (size > 1 && (place < 0 || place >= size))
        {
            place = place < 0 ? -place : (2 * (size - 1)) - place;
        }

        return size == 1 ? 0 : place;
    }
}
