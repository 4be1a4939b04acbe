using Cnn.Proto.Formats.Images;

namespace Cnn.Runner.DataSets.Inspection;

/// <summary>Makes small copies of images; one thread's, with its buffers.</summary>
internal sealed class Thumbnail
{
    // A record may be any array; one beyond this is no image, and is shown as a dot.
    private const int MostPixels = 1 << 28;

    private readonly PlanarImage colour = new();

    /// <summary>Makes a copy in blue, green, red that fits into a square, with the sides' proportion.</summary>
    /// <param name="image">
    /// The image; of one with other than 1, 3 or 4 channels the first is shown, floats between their least and their
    /// largest.
    /// </param>
    /// <param name="side">The side of the square.</param>
    /// <param name="to">Takes the copy.</param>
    public void Make(in RecordImage image, int side, PlanarImage to)
    {
        var (channels, height, width) = (image.Shape.Channels, image.Shape.Height, image.Shape.Width);
        if ((long)height * width > MostPixels)
        {
            to.SetSize(3, 1, 1);
            to.Pixels.Clear();
            return;
        }

        colour.SetSize(3, height, width);
        for (int c = 0; c < 3; c++)
        {
            int from = channels is not (3 or 4) ? 0 : image.IsRgb ? 2 - c : c;
            Span<byte> plane = colour.Plane(c);
            if (image.Kind == RecordKind.Float)
            {
                Stretch(image.Values, image.Values.Slice(from * plane.Length, plane.Length), plane);
            }
            else
            {
                image.Pixels.Slice(from * plane.Length, plane.Length).CopyTo(plane);
            }
        }

        double scale = (double)side / Math.Max(height, width);
        ImageResizer.Resize(
            colour, Math.Max(1, (int)Math.Round(height * scale)), Math.Max(1, (int)Math.Round(width * scale)), to);
    }

    private static void Stretch(ReadOnlySpan<float> all, ReadOnlySpan<float> values, Span<byte> to)
    {
        float least = float.PositiveInfinity, most = float.NegativeInfinity;
        foreach (float value in all)
        {
            (least, most) = (MathF.Min(least, value), MathF.Max(most, value));
        }

        float scale = most > least ? 255 / (most - least) : 0;
        for (int i = 0; i < values.Length; i++)
        {
            float level = (values[i] - least) * scale;
            to[i] = float.IsFinite(level) ? (byte)Math.Clamp(level, 0, 255) : (byte)0;
        }
    }
}
