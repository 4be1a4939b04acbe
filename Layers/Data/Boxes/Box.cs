namespace Cnn.Layers.Data.Boxes;

/// <summary>
/// A box around an object, or a window of an image, as shares of the image's width and height. Arithmetic is that of
/// SSD's fork, in single precision.
/// </summary>
/// <param name="XMin">Left side.</param>
/// <param name="YMin">Upper side.</param>
/// <param name="XMax">Right side.</param>
/// <param name="YMax">Lower side.</param>
internal readonly record struct Box(float XMin, float YMin, float XMax, float YMax)
{
    /// <summary>The whole image.</summary>
    public static Box Whole { get; } = new(0, 0, 1, 1);

    /// <summary>The area; 0 for a box whose sides are in the wrong order.</summary>
    public float Size => XMax < XMin || YMax < YMin ? 0 : (XMax - XMin) * (YMax - YMin);

    /// <summary>Returns the part that lies in the image.</summary>
    public Box Clip() => new(
        Math.Clamp(XMin, 0, 1), Math.Clamp(YMin, 0, 1), Math.Clamp(XMax, 0, 1), Math.Clamp(YMax, 0, 1));

    /// <summary>Returns the box in the image flipped left to right.</summary>
    public Box Mirror() => this with { XMin = 1 - XMax, XMax = 1 - XMin };

    /// <summary>Returns the intersection's area over that of the union.</summary>
    public float Jaccard(Box other)
    {
        float shared = Shared(other);
        return shared > 0 ? shared / (Size + other.Size - shared) : 0;
    }

    /// <summary>Returns the share of this box that another one covers.</summary>
    public float CoverageBy(Box other)
    {
        float shared = Shared(other);
        return shared > 0 ? shared / Size : 0;
    }

    /// <summary>Returns the box as shares of a window of its image, cut off at the window's sides.</summary>
    /// <param name="window">The window.</param>
    /// <param name="projected">The box; its area is more than 0.</param>
    /// <returns>Whether anything of the box lies in the window.</returns>
    public bool TryProject(Box window, out Box projected)
    {
        projected = default;
        if (XMin >= window.XMax || XMax <= window.XMin || YMin >= window.YMax || YMax <= window.YMin)
        {
            return false;
        }

        float width = window.XMax - window.XMin, height = window.YMax - window.YMin;
        projected = new Box(
            (XMin - window.XMin) / width,
            (YMin - window.YMin) / height,
            (XMax - window.XMin) / width,
            (YMax - window.YMin) / height).Clip();
        return projected.Size > 0;
    }

    private float Shared(Box other)
    {
        float width = Math.Min(XMax, other.XMax) - Math.Max(XMin, other.XMin);
        float height = Math.Min(YMax, other.YMax) - Math.Max(YMin, other.YMin);
        return width > 0 && height > 0 ? width * height : 0;
    }
}
