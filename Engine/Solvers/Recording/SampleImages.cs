using Cnn.Engine.Graph;
using Cnn.Engine.Inspection;
using Cnn.Engine.Runs;
using Cnn.Layers;
using Cnn.Proto.Formats.Images;
using Cnn.Proto.Formats.Png;

namespace Cnn.Engine.Solvers.Recording;

/// <summary>Makes images to look at from the batches that a net reads.</summary>
internal static class SampleImages
{
    // Images are shown small: a page holds many of them.
    private const int LongestSide = 96, SheetSide = 480, MostColumns = 8, Gap = 2;

    /// <summary>
    /// Returns the blobs of images [N, C, H, W] that the data layers of a net write, of 1 or 3 channels, and whether
    /// the first channel is red rather than blue.
    /// </summary>
    public static IEnumerable<(string Name, Blob Images, bool IsRedFirst)> In(Net net) => net.Layers
        .Where(l => l.Bottoms.Count == 0)
        .SelectMany(l => l.Tops.Select((top, i) => (Name: l.TopNames[i], Images: top, l.Layer.IsRedFirst)))
        .Where(i => i.Images.AxisCount == 4 && i.Images.Count > 0 && i.Images.Dim(1) is 1 or 3);

    /// <summary>Returns the first images of a batch side by side, row by row.</summary>
    public static RunImage Sheet(Blob images, bool isRedFirst)
    {
        PlanarImage first = Tile(images, 0, isRedFirst);
        int columns = Math.Clamp(SheetSide / first.Width, 1, MostColumns);
        int rows = Math.Clamp(SheetSide / first.Height, 1, MostColumns);
        int tiles = Math.Min(images.Dim(0), rows * columns);
        var sheet = new TileSheet(tiles, first.Height, first.Width, Math.Min(columns, tiles));
        for (int i = 0; i < tiles; i++)
        {
            PlanarImage tile = Tile(images, i, isRedFirst);
            for (int at = 0; at < sheet.Tile(i).Length; at++)
            {
                sheet.Tile(i)[at] = tile.Pixels[at % tile.Pixels.Length];
            }
        }

        int scale = Math.Max(1, SheetSide / Math.Max(sheet.Columns * first.Width, sheet.Rows * first.Height));
        return Encode(
            sheet.ToImage(scale, Gap),
            FormattableString.Invariant($"{tiles} of the {images.Dim(0)} images of the first batch, ")
            + "each stretched from its least value (black) to its greatest (white)");
    }

    /// <summary>Encodes an image as PNG.</summary>
    /// <param name="image">The image.</param>
    /// <param name="caption">What it shows.</param>
    public static RunImage Encode(PlanarImage image, string caption = "") =>
        new(PngWriter.Write(image), image.Width, image.Height, caption);

    /// <summary>
    /// Returns values as an image, from black for the least to white for the greatest; a large one is made smaller.
    /// </summary>
    public static PlanarImage Stretched(
        ReadOnlySpan<float> values, int channels, int height, int width, bool isRedFirst)
    {
        var image = new PlanarImage();
        image.SetSize(channels, height, width);
        float least = float.PositiveInfinity, greatest = float.NegativeInfinity;
        foreach (float value in values)
        {
            if (float.IsFinite(value))
            {
                (least, greatest) = (Math.Min(least, value), Math.Max(greatest, value));
            }
        }

        float scale = greatest > least ? byte.MaxValue / (greatest - least) : 0;
        int plane = height * width;
        for (int c = 0; c < channels; c++)
        {
            ReadOnlySpan<float> from = values.Slice((isRedFirst ? channels - 1 - c : c) * plane, plane);
            Span<byte> to = image.Plane(c);
            for (int i = 0; i < plane; i++)
            {
                to[i] = float.IsFinite(from[i]) ? (byte)MathF.Round((from[i] - least) * scale) : (byte)0;
            }
        }

        return Shrunk(image);
    }

    private static PlanarImage Shrunk(PlanarImage image)
    {
        int longest = Math.Max(image.Height, image.Width);
        if (longest <= LongestSide)
        {
            return image;
        }

        var small = new PlanarImage();
        ImageResizer.Resize(
            image,
            Math.Max(1, image.Height * LongestSide / longest),
            Math.Max(1, image.Width * LongestSide / longest),
            small,
            ImageInterpolation.Area);
        return small;
    }

    private static PlanarImage Tile(Blob images, int item, bool isRedFirst)
    {
        int size = images.Count / images.Dim(0);
        return Stretched(
            images.Data.Slice(item * size, size), images.Dim(1), images.Dim(2), images.Dim(3), isRedFirst);
    }
}
