namespace Cnn.Layers.Kernels.ImageTransform;

/// <summary>
/// A projective map of the plane: (x, y) to (a x + b y + c, d x + e y + f) / (g x + h y + i).
/// </summary>
internal readonly record struct Perspective(
    double A, double B, double C, double D, double E, double F, double G, double H, double I)
{
    /// <summary>
    /// Returns the map of an upright rectangle to a quadrilateral (Heckbert, "Fundamentals of texture mapping and image
    /// warping", 1989, section 2.2.3).
    /// </summary>
    /// <param name="left">First column of the rectangle.</param>
    /// <param name="top">First row.</param>
    /// <param name="right">Last column.</param>
    /// <param name="bottom">Last row.</param>
    /// <param name="corners">
    /// Where its corners go, from the upper left one clockwise; they form a convex quadrilateral.
    /// </param>
    public static Perspective Of(
        double left, double top, double right, double bottom, ReadOnlySpan<(double X, double Y)> corners)
    {
        var (x0, y0) = corners[0];
        var (x1, y1) = corners[1];
        var (x2, y2) = corners[2];
        var (x3, y3) = corners[3];
        double dx1 = x1 - x2, dx2 = x3 - x2, dx3 = x0 - x1 + x2 - x3;
        double dy1 = y1 - y2, dy2 = y3 - y2, dy3 = y0 - y1 + y2 - y3;
        double determinant = (dx1 * dy2) - (dx2 * dy1);
        double g = ((dx3 * dy2) - (dx2 * dy3)) / determinant, h = ((dx1 * dy3) - (dx3 * dy1)) / determinant;
        var ofSquare = new Perspective(
            x1 - x0 + (g * x1), x3 - x0 + (h * x3), x0, y1 - y0 + (g * y1), y3 - y0 + (h * y3), y0, g, h, 1);
        double width = right - left, height = bottom - top;
        return ofSquare with
        {
            A = ofSquare.A / width,
            B = ofSquare.B / height,
            C = ofSquare.C - (ofSquare.A * left / width) - (ofSquare.B * top / height),
            D = ofSquare.D / width,
            E = ofSquare.E / height,
            F = ofSquare.F - (ofSquare.D * left / width) - (ofSquare.E * top / height),
            G = ofSquare.G / width,
            H = ofSquare.H / height,
            I = ofSquare.I - (ofSquare.G * left / width) - (ofSquare.H * top / height),
        };
    }

    /// <summary>Returns the map back.</summary>
    public Perspective Inverse() => new(
        (E * I) - (F * H),
        (C * H) - (B * I),
        (B * F) - (C * E),
        (F * G) - (D * I),
        (A * I) - (C * G),
        (C * D) - (A * F),
        (D * H) - (E * G),
        (B * G) - (A * H),
        (A * E) - (B * D));

    /// <summary>Returns where a point goes.</summary>
    public (double X, double Y) Map(double x, double y)
    {
        double w = (G * x) + (H * y) + I;
        return (((A * x) + (B * y) + C) / w, ((D * x) + (E * y) + F) / w);
    }
}
