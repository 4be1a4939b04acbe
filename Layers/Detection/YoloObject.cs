namespace Cnn.Layers.Detection;

/// <summary>An object, or a box that was found, as YOLO's losses see it: in shares of the image.</summary>
/// <param name="Label">The class, from 0.</param>
/// <param name="X">The centre's column.</param>
/// <param name="Y">The centre's row.</param>
/// <param name="Width">The width.</param>
/// <param name="Height">The height.</param>
internal readonly record struct YoloObject(int Label, float X, float Y, float Width, float Height)
{
    /// <summary>The same size with its centre at 0.</summary>
    public YoloObject AtOrigin => this with { X = 0, Y = 0 };

    /// <summary>Returns the intersection over the union.</summary>
    public float Overlap(in YoloObject other)
    {
        float width = Shared(X, Width, other.X, other.Width), height = Shared(Y, Height, other.Y, other.Height);
        if (width < 0 || height < 0)
        {
            return 0;
        }

        float shared = width * height;
        return shared / ((Width * Height) + (other.Width * other.Height) - shared);
    }

    private static float Shared(float a, float sizeOfA, float b, float sizeOfB) =>
        MathF.Min(a + (sizeOfA / 2), b + (sizeOfB / 2)) - MathF.Max(a - (sizeOfA / 2), b - (sizeOfB / 2));
}
