namespace Cnn.Layers.Detection;

/// <summary>
/// A box in pixels, both of whose ends belong to it, as py-faster-rcnn has them: its width is <c>Right - Left + 1</c>.
/// Arithmetic is in double precision, so that equal overlaps are equal.
/// </summary>
/// <param name="Left">First column.</param>
/// <param name="Top">First row.</param>
/// <param name="Right">Last column.</param>
/// <param name="Bottom">Last row.</param>
internal readonly record struct RegionBox(double Left, double Top, double Right, double Bottom)
{
    private double Width => Right - Left + 1;

    private double Height => Bottom - Top + 1;

    /// <summary>Returns the box in four values: left, top, right, bottom.</summary>
    public static RegionBox Read(ReadOnlySpan<float> values) => new(values[0], values[1], values[2], values[3]);

    /// <summary>Returns the intersection's area over that of the union.</summary>
    public double Overlap(RegionBox other)
    {
        double width = Math.Min(Right, other.Right) - Math.Max(Left, other.Left) + 1;
        double height = Math.Min(Bottom, other.Bottom) - Math.Max(Top, other.Top) + 1;
        if (!(width > 0 && height > 0))
        {
            return 0;
        }

        double shared = width * height;
        return shared / ((Width * Height) + (other.Width * other.Height) - shared);
    }

    /// <summary>
    /// Returns what moves this box onto another: the shift of the centre by widths and heights of this box, and the
    /// logarithms of the ratios of the widths and heights (Girshick et al. 2014, "Rich feature hierarchies",
    /// appendix C).
    /// </summary>
    public (double X, double Y, double Width, double Height) ShiftsTo(RegionBox other) => (
        (other.Left + (other.Width / 2) - Left - (Width / 2)) / Width,
        (other.Top + (other.Height / 2) - Top - (Height / 2)) / Height,
        Math.Log(other.Width / Width),
        Math.Log(other.Height / Height));
}
