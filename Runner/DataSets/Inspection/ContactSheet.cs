using Cnn.Proto;
using Cnn.Proto.Formats.Images;

namespace Cnn.Runner.DataSets.Inspection;

/// <summary>Small copies of images side by side, in rows that make about a square.</summary>
internal sealed class ContactSheet
{
    /// <summary>The side of the square that each image has.</summary>
    public const int Side = 96;

    private const int Gap = 4, Cell = Side + Gap;
    private const byte Background = 255;

    private readonly PlanarImage sheet = new();
    private readonly int columns;

    /// <summary>Makes an empty sheet.</summary>
    /// <param name="count">The number of images, at least 1.</param>
    public ContactSheet(int count)
    {
        columns = (int)Math.Ceiling(Math.Sqrt(count));
        int rows = ((count - 1) / columns) + 1;
        sheet.SetSize(3, (rows * Cell) + Gap, (columns * Cell) + Gap);
        sheet.Pixels.Fill(Background);
    }

    /// <summary>Puts an image into its place.</summary>
    /// <param name="place">The place, from 0, row by row.</param>
    /// <param name="image">The image, in blue, green, red, no larger than <see cref="Side"/> each way.</param>
    public void Put(int place, PlanarImage image)
    {
        int top = (place / columns * Cell) + Gap + ((Side - image.Height) / 2);
        int left = (place % columns * Cell) + Gap + ((Side - image.Width) / 2);
        for (int c = 0; c < 3; c++)
        {
            Span<byte> to = sheet.Plane(c);
            ReadOnlySpan<byte> from = image.Plane(c);
            for (int y = 0; y < image.Height; y++)
            {
                from.Slice(y * image.Width, image.Width).CopyTo(to[(((top + y) * sheet.Width) + left)..]);
            }
        }
    }

    /// <summary>Writes the sheet as PNG.</summary>
    /// <exception cref="CnnException">The file cannot be written.</exception>
    public void Save(string path)
    {
        byte[] file = ImageEncoder.Encode(sheet, "png");
        AtomicFile.Write(path, stream => stream.Write(file));
    }
}
