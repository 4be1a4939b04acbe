using System.Globalization;
using System.Xml.Linq;
using Cnn.Layers.Data.Boxes;
using Cnn.Layers.Data.Digits;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;

namespace Cnn.Runner.DataSets;

/// <summary>
/// Writes images with scattered digits to files, each with its boxes beside it as Pascal VOC has them.
/// </summary>
public static class CanvasExporter
{
    private const int Most = 1_000_000, SmallestSide = 48, LargestSide = 4096;

    /// <summary>
    /// Writes images of a stream, <c>00000000.png</c> and so on, and <c>00000000.xml</c> with the boxes of each: the
    /// same that a <c>Digits</c> layer of this seed trains on, if its canvas has this size and digits of a sixth to
    /// half of the smaller side, as the usual one of 96 x 96 pixels has.
    /// </summary>
    /// <param name="to">The folder, which is created where it is missing.</param>
    /// <param name="count">The number of images, at least 1.</param>
    /// <param name="height">Rows of an image.</param>
    /// <param name="width">Columns of an image.</param>
    /// <param name="seed">The stream's seed.</param>
    /// <param name="first">Index of the first image in the stream.</param>
    /// <param name="progress">Receives progress after each image; may be null.</param>
    /// <param name="cancel">Cancels the writing.</param>
    /// <exception cref="CnnException">
    /// The count or the size is not possible, or a file exists or cannot be written.
    /// </exception>
    public static void Write(
        string to,
        int count,
        int height,
        int width,
        long seed = 1,
        ulong first = 0,
        IProgress<WriteProgress>? progress = null,
        CancellationToken cancel = default)
    {
        int side = Math.Min(height, width);
        if (count is < 1 or > Most)
        {
            throw new CnnException($"cannot write {count} images", $"choose 1 to {Most}");
        }

        if (side < SmallestSide || Math.Max(height, width) > LargestSide)
        {
            throw new CnnException(
                $"digits cannot be scattered over {width}x{height} pixels",
                $"choose {SmallestSide} to {LargestSide} for each side");
        }

        var options = new DigitCanvasParameter
        {
            Height = (uint)height, Width = (uint)width, MinSize = (uint)(side / 6), MaxSize = (uint)(side / 2),
        };
        var canvas = new DigitCanvas(options, seed);
        for (int i = 0; i < count; i++)
        {
            cancel.ThrowIfCancellationRequested();
            canvas.Draw(unchecked(first + (ulong)i));
            string name = i.ToString("D8", CultureInfo.InvariantCulture), image = name + ".png";
            byte[] pixels = ImageEncoder.Encode(canvas.Image, ".png");
            Save(Path.Combine(to, image), stream => stream.Write(pixels));
            Save(Path.Combine(to, name + ".xml"), Annotation(image, canvas).Save);
            progress?.Report(new WriteProgress(Path.GetFileName(to), i + 1, count));
        }
    }

    private static void Save(string path, Action<Stream> write)
    {
        if (Path.Exists(path))
        {
            throw new CnnException($"'{path}' exists already", "remove it or write to another folder");
        }

        try
        {
            OutputFolder.Create(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        catch (Exception exception) when (FileErrors.From(path, "write", exception) is { } error)
        {
            throw error;
        }

        AtomicFile.Write(path, write);
    }

    private static XElement Annotation(string image, DigitCanvas canvas)
    {
        int height = canvas.Image.Height, width = canvas.Image.Width;
        return new XElement(
            "annotation",
            new XElement("filename", image),
            new XElement(
                "size", new XElement("width", width), new XElement("height", height), new XElement("depth", 1)),
            canvas.Objects.Select(item => new XElement(
                "object",
                new XElement("name", item.Group - 1),
                new XElement("difficult", 0),
                Pixels(item.Box, height, width))));
    }

    private static XElement Pixels(Box box, int height, int width)
    {
        return new XElement(
            "bndbox", Side("xmin", box.XMin * width), Side("ymin", box.YMin * height),
            Side("xmax", box.XMax * width), Side("ymax", box.YMax * height));

        static XElement Side(string name, float pixels) => new(name, (int)MathF.Round(pixels));
    }
}
