namespace Cnn.Layers.Detection.Boxes;

/// <summary>
/// A box in an image: its left, upper, right and lower side. Sides are shares of the image's width and height unless
/// they are said to be pixels; then a box covers the pixels on both of its sides. Four floats in memory.
/// </summary>
/// <param name="XMin">Left side.</param>
/// <param name="YMin">Upper side.</param>
/// <param name="XMax">Right side.</param>
/// <param name="YMax">Lower side.</param>
internal readonly record struct Box(float XMin, float YMin, float XMax, float YMax)
{
    /// <summary>The width; negative in a box whose sides are exchanged.</summary>
    public float Width => XMax - XMin;

    /// <summary>The height; negative in a box whose sides are exchanged.</summary>
    public float Height => YMax - YMin;

    /// <summary>The area; 0 where sides are exchanged.</summary>
    public float Area => XMax < XMin || YMax < YMin ? 0 : Width * Height;

    /// <summary>The number of pixels; 0 where sides are exchanged.</summary>
    public float Pixels => XMax < XMin || YMax < YMin ? 0 : (Width + 1) * (Height + 1);

    /// <summary>Whether any side is outside the image.</summary>
    public bool ReachesOutside => XMin < 0 || XMin > 1 || YMin < 0 || YMin > 1
        || XMax < 0 || XMax > 1 || YMax < 0 || YMax > 1;

    /// <summary>The box cut off at the image's border.</summary>
    public Box Clipped => new(Clip(XMin), Clip(YMin), Clip(XMax), Clip(YMax));

    /// <summary>Returns the overlap of two boxes: intersection over union, 0 where they do not meet.</summary>
    public static float Overlap(Box a, Box b)
    {
        Box common = Intersection(a, b);
        if (!(common.Width > 0 && common.Height > 0))
        {
            return 0;
        }

        float area = common.Width * common.Height;
        return area / (a.Area + b.Area - area);
    }

    /// <summary>Returns the overlap of two boxes in pixels.</summary>
    public static float OverlapOfPixels(Box a, Box b)
    {
        Box common = Intersection(a, b);
        float width = common.Width + 1, height = common.Height + 1;
        if (DoNotMeet(a, b) || !(width > 0 && height > 0))
        {
            return 0;
        }

        float pixels = width * height;
        return pixels / (a.Pixels + b.Pixels - pixels);
    }

    /// <summary>Returns the share of a box that another one covers.</summary>
    public static float Coverage(Box box, Box by)
    {
        float area = DoNotMeet(box, by) ? 0 : Intersection(box, by).Area;
        return area > 0 ? area / box.Area : 0;
    }

    /// <summary>Returns the box as pixels of an image of a size.</summary>
    public Box Scaled(float width, float height) => new(XMin * width, YMin * height, XMax * width, YMax * height);

    private static Box Intersection(Box a, Box b) => new(
        MathF.Max(a.XMin, b.XMin), MathF.Max(a.YMin, b.YMin), MathF.Min(a.XMax, b.XMax), MathF.Min(a.YMax, b.YMax));

    private static bool DoNotMeet(Box a, Box b) =>
        b.XMin > a.XMax || b.XMax < a.XMin || b.YMin > a.YMax || b.YMax < a.YMin;

    private static float Clip(float side) => MathF.Max(MathF.Min(side, 1), 0);
}
