using System.Globalization;
using Cnn.Proto;
using Resize = Cnn.Proto.ResizeParameter.Types.Resize_mode;

namespace Cnn.Layers.Detection;

/// <summary>The sizes of the images of a test in the order of a file with lines <c>name height width</c>.</summary>
internal sealed class ImageSizes
{
    private readonly List<(float Height, float Width)> sizes = [];

    private ImageSizes()
    {
    }

    /// <summary>The number of images; at least 1.</summary>
    public int Count => sizes.Count;

    /// <summary>Returns the size of an image in pixels.</summary>
    public (float Height, float Width) this[int index] => sizes[index];

    /// <summary>
    /// Reads the file that <c>name_size_file</c> names; returns null where it is not here and the net is only looked
    /// at.
    /// </summary>
    /// <exception cref="CnnException">The file cannot be read, or a line is wrong.</exception>
    public static ImageSizes? Read(LayerContext context, DetectionEvaluateParameter options)
    {
        if (options.ResizeParam is { } resize && resize.ResizeMode != Resize.Warp)
        {
            throw context.Error(
                resize,
                ResizeParameter.ResizeModeFieldNumber,
                "boxes of images that keep their aspect cannot be compared in pixels",
                "leave name_size_file out");
        }

        if (context.MadeUp is not null && !File.Exists(context.Files.Find(options.NameSizeFile)))
        {
            context.Warning(
                options,
                DetectionEvaluateParameter.NameSizeFileFieldNumber,
                $"'{options.NameSizeFile}' is not here: boxes are compared as shares of their images");
            return null;
        }

        var read = new ImageSizes();
        try
        {
            foreach (string line in File.ReadLines(context.Files.Find(options.NameSizeFile)))
            {
                read.Add(line);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            throw Error(context, options, exception.Message);
        }

        return read.Count > 0 ? read : throw Error(context, options, "it names no image");
    }

    private static CnnException Error(LayerContext context, DetectionEvaluateParameter options, string reason) =>
        context.Error(
            options,
            DetectionEvaluateParameter.NameSizeFileFieldNumber,
            $"the images' sizes cannot be read from '{options.NameSizeFile}': {reason}",
            "each line is: name height width");

    private void Add(string line)
    {
        string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0)
        {
            return;
        }

        if (words.Length < 3
            || !int.TryParse(words[^2], NumberStyles.None, CultureInfo.InvariantCulture, out int height)
            || !int.TryParse(words[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int width))
        {
            throw new FormatException($"'{line}' is not such a line");
        }

        sizes.Add((height, width));
    }
}
