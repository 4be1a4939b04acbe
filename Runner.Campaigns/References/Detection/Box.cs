namespace Cnn.Campaigns.References.Detection;

/// <summary>A box by its corners, in parts of the picture.</summary>
internal readonly record struct Box(double X1, double Y1, double X2, double Y2)
{
    /// <summary>The area, 0 for a box that ends before it starts.</summary>
    public double Area => X2 < X1 || Y2 < Y1 ? 0 : (X2 - X1) * (Y2 - Y1);

    /// <summary>Returns the intersection with another box over their union; 0 where they do not meet.</summary>
    public double Overlap(Box other)
    {
        double w = Math.Min(X2, other.X2) - Math.Max(X1, other.X1), h = Math.Min(Y2, other.Y2) - Math.Max(Y1, other.Y1);
        return w > 0 && h > 0 ? w * h / (Area + other.Area - (w * h)) : 0;
    }

    /// <summary>Returns the overlap of boxes of whole pixels, which their last row and column belong to.</summary>
    public double PixelOverlap(Box other) => (this with { X2 = X2 + 1, Y2 = Y2 + 1 })
        .Overlap(other with { X2 = other.X2 + 1, Y2 = other.Y2 + 1 });

    /// <summary>Returns the box around a centre.</summary>
    public static Box Around(double x, double y, double width, double height) =>
        new(x - (width / 2), y - (height / 2), x + (width / 2), y + (height / 2));

    /// <summary>Returns the box in four values from a place on.</summary>
    public static Box Of(double[] values, int at) => new(values[at], values[at + 1], values[at + 2], values[at + 3]);
}
