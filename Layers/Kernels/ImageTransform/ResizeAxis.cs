namespace Cnn.Layers.Kernels.ImageTransform;

/// <summary>
/// One axis of a resized window: where in the source each pixel of the target is, by the pixels' centres and held
/// within the window.
/// </summary>
/// <param name="Origin">Where the target's edge is in the source.</param>
/// <param name="Step">Source pixels per target pixel.</param>
/// <param name="First">The window's first pixel.</param>
/// <param name="Count">The window's pixels.</param>
/// <param name="Length">The target's pixels.</param>
internal readonly record struct ResizeAxis(double Origin, double Step, int First, int Count, int Length)
{
    /// <summary>Resizes the whole of a window of whole pixels.</summary>
    public static ResizeAxis Of(int first, int count, int length) =>
        new(first, (double)count / length, first, count, length);

    /// <summary>Returns the source pixel at or before a pixel of the target, counted from the window's first.</summary>
    /// <param name="pixel">The pixel of the target.</param>
    /// <param name="beyond">How far beyond it the target's pixel is, as a share of the way to the next.</param>
    public int At(int pixel, out float beyond)
    {
        double place = Math.Clamp(Origin + ((pixel + 0.5) * Step) - 0.5 - First, 0, Count - 1);
        beyond = (float)(place - Math.Floor(place));
        return (int)place;
    }
}
