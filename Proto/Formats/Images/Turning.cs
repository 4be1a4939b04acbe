namespace Cnn.Proto.Formats.Images;

/// <summary>Turns images by their EXIF orientation.</summary>
internal static class Turning
{
    /// <summary>Returns whether height and width change places.</summary>
    public static bool SwapsSides(this ImageOrientation orientation) => orientation >= ImageOrientation.Transposed;

    /// <summary>Writes an image upright.</summary>
    public static void Turn(PlanarImage from, ImageOrientation orientation, PlanarImage to)
    {
        bool swaps = orientation.SwapsSides();
        to.SetSize(from.Channels, swaps ? from.Width : from.Height, swaps ? from.Height : from.Width);
        (int start, int row, int column) = Walk(orientation, from.Height, from.Width);
        for (int c = 0; c < from.Channels; c++)
        {
            ReadOnlySpan<byte> source = from.Plane(c);
            Span<byte> target = to.Plane(c);
            for (int y = 0, i = 0; y < to.Height; y++)
            {
                int at = start + (y * row);
                for (int x = 0; x < to.Width; x++, i++, at += column)
                {
                    target[i] = source[at];
                }
            }
        }
    }

    // Where the first pixel of the result is in the file, and how far its next row and its next column are away there.
    private static (int Start, int Row, int Column) Walk(ImageOrientation orientation, int height, int width)
    {
        int right = width - 1, bottom = (height - 1) * width;
        return orientation switch
        {
            ImageOrientation.Mirrored => (right, width, -1),
            ImageOrientation.HalfTurned => (bottom + right, -width, -1),
            ImageOrientation.Flipped => (bottom, -width, 1),
            ImageOrientation.Transposed => (0, 1, width),
            ImageOrientation.TurnedLeft => (bottom, 1, -width),
            ImageOrientation.Transversed => (bottom + right, -1, -width),
            ImageOrientation.TurnedRight => (right, -1, width),
            _ => (0, width, 1),
        };
    }
}
