namespace Cnn.Layers.Data.Boxes;

/// <summary>
/// Turns an image's objects into those that py-faster-rcnn learns from: in pixels, both ends of a box belonging to it,
/// without those that are hard to recognise, of class 0, or without an area.
/// </summary>
/// <param name="usesDifficult">Whether those that are hard to recognise stay.</param>
internal sealed class PixelBoxes(bool usesDifficult)
{
    /// <summary>Leaves out the objects that nothing is learned from.</summary>
    public void Filter(List<LabelledBox> objects)
    {
        int kept = 0;
        for (int i = 0; i < objects.Count; i++)
        {
            LabelledBox item = objects[i];
            if (item.Group > 0 && (usesDifficult || !item.IsDifficult) && item.Box.Clip().Size > 0)
            {
                objects[kept++] = item;
            }
        }

        objects.RemoveRange(kept, objects.Count - kept);
    }

    /// <summary>Turns shares of an image into pixels of the image resized.</summary>
    /// <param name="objects">The objects.</param>
    /// <param name="image">Rows and columns of the image before it was resized.</param>
    /// <param name="scale">The factors by which they were resized.</param>
    /// <param name="isFlipped">Whether it was flipped left to right.</param>
    public static void ToPixels(
        List<LabelledBox> objects,
        (int Height, int Width) image,
        (double Height, double Width) scale,
        bool isFlipped)
    {
        for (int i = 0; i < objects.Count; i++)
        {
            Box box = objects[i].Box.Clip();
            var (left, right) = Side(box.XMin, box.XMax, image.Width);
            var (top, bottom) = Side(box.YMin, box.YMax, image.Height);
            (left, right) = isFlipped ? (image.Width - 1 - right, image.Width - 1 - left) : (left, right);
            objects[i] = objects[i] with
            {
                Box = new Box(
                    (float)(left * scale.Width),
                    (float)(top * scale.Height),
                    (float)(right * scale.Width),
                    (float)(bottom * scale.Height)),
            };
        }
    }

    // An object narrower than a pixel has that pixel.
    private static (double First, double Last) Side(float start, float end, int length)
    {
        double first = Math.Min((double)start * length, length - 1);
        return (first, Math.Max(((double)end * length) - 1, first));
    }
}
