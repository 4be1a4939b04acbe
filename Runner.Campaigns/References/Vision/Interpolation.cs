namespace Cnn.Campaigns.References.Vision;

/// <summary>Bilinear interpolation in a plane.</summary>
internal static class Interpolation
{
    /// <summary>Returns the value at a place between pixels; a neighbour beyond the last pixel is the last pixel.</summary>
    /// <param name="plane">The plane.</param>
    /// <param name="width">Its columns.</param>
    /// <param name="h">The row, 0 or more.</param>
    /// <param name="w">The column, 0 or more.</param>
    public static double At(ReadOnlySpan<double> plane, int width, double h, double w)
    {
        int height = plane.Length / width;
        int top = (int)h, left = (int)w;
        int bottom = Math.Min(top + 1, height - 1), right = Math.Min(left + 1, width - 1);
        double down = h - top, across = w - left;
        return ((1 - down) * (1 - across) * plane[(top * width) + left])
            + ((1 - down) * across * plane[(top * width) + right])
            + (down * (1 - across) * plane[(bottom * width) + left])
            + (down * across * plane[(bottom * width) + right]);
    }

    /// <summary>Returns the place of a row of the result where the corners keep their places: <c>i (from - 1) / (to - 1)</c>.</summary>
    public static double Aligned(int i, int from, int to) => to > 1 ? i * (from - 1.0) / (to - 1) : 0;

    /// <summary>Resizes a plane with aligned corners.</summary>
    public static double[] Resize(double[] plane, int width, int newHeight, int newWidth)
    {
        var resized = new double[newHeight * newWidth];
        for (int i = 0; i < resized.Length; i++)
        {
            double h = Aligned(i / newWidth, plane.Length / width, newHeight);
            resized[i] = At(plane, width, h, Aligned(i % newWidth, width, newWidth));
        }

        return resized;
    }
}
