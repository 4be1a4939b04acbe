using System.Globalization;
using Cnn.Layers.Data.Transform;
using Cnn.Layers.Kernels.ImageTransform;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;
using Cnn.Proto.Formats.ImageSets;

namespace Cnn.Layers.Data;

/// <summary>
/// The base of the sources of image files with a map of labels for each: tops images [N, C, H, W] and maps
/// [N, 1, H, W], whose pixels are the labels. What is cut out of an image and flipped, is so of its map.
/// </summary>
internal abstract class LabelMapSourceLayer : ImageFileSourceLayer
{
    private readonly SourceOptions options;
    private string[] files = [];
    private ImageScratch[] maps = [];

    /// <summary>Makes the layer.</summary>
    protected LabelMapSourceLayer(LayerContext context, SourceOptions options)
        : base(context, options) =>
        this.options = options;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<int, string>? KnownLabels(int top) => null;

    private protected override void Open(bool hasLabels)
    {
        if (Transformer.MovingField is { } field)
        {
            string name = TransformationParameter.Descriptor.FindFieldByNumber(field).Name;
            throw Context.Error(
                Parameter.TransformParam,
                field,
                $"{name} moves pixels and not their labels",
                "the crop, mirror and new_height with new_width are for images with maps");
        }

        maps = [.. Enumerable.Range(0, WorkerCount).Select(_ => new ImageScratch())];
    }

    private protected override void Close()
    {
        base.Close();
        Array.ForEach(maps, map => map.Dispose());
    }

    private protected override ImageShape? PlanesOf(int top, ImageShape image) =>
        top == 1 ? image with { Channels = 1 } : null;

    private protected override bool IsThere(int item, string path) =>
        base.IsThere(item, path) && (files.Length == 0 || File.Exists(files[item]));

    /// <summary>Returns a worker's buffers for a map.</summary>
    private protected ImageScratch MapOf(int worker) => maps[worker];

    /// <summary>Reads the list; sets the images, and their maps where it has them.</summary>
    /// <param name="source">The list.</param>
    /// <param name="root">What is put before each path.</param>
    /// <param name="hasMaps">Whether the second word of a line is the path of a map.</param>
    /// <param name="hasLabels">Whether it is the label of all pixels.</param>
    /// <exception cref="CnnException">The list is wrong, or files are missing.</exception>
    private protected void SetList(string source, string root, bool hasMaps, bool hasLabels)
    {
        IReadOnlyList<string[]> lines;
        string hint = hasMaps ? "a line is the path of an image, a space, and that of its map of labels"
            : hasLabels ? "a line is the path of an image, a space, and a whole number"
            : "a line is the path of an image";
        try
        {
            lines = WordList.Read(Context.Files.Find(source), hasMaps || hasLabels ? 2 : 1, hint);
        }
        catch (CnnException exception) when (exception.Diagnostics[0].Location is null)
        {
            throw Context.Error(options.Parameter, options.SourceField, exception);
        }

        files = hasMaps ? [.. lines.Select(line => Context.Files.Find(root + line[1]))] : [];
        SetImages([.. lines.Select(line => new ImageSetEntry(
            Context.Files.Find(root + line[0]), hasLabels ? LabelOf(line[1]) : 0))]);

        int LabelOf(string word) => byte.TryParse(word, CultureInfo.InvariantCulture, out byte label)
            ? label
            : throw Context.Error(
                options.Parameter, options.SourceField, $"'{word}' is no label of pixels", "labels are 0 to 255");
    }

    /// <summary>Reads the map of an item to <see cref="MapOf"/>, resized as the images are.</summary>
    /// <param name="item">The item.</param>
    /// <param name="worker">The worker.</param>
    /// <param name="height">The rows that maps are resized to; 0 for those that each has.</param>
    /// <param name="width">The columns.</param>
    /// <param name="interpolation">How.</param>
    private protected ImageScratch ReadMap(
        long item, int worker, int height, int width, ImageInterpolation interpolation)
    {
        ImageReader reader = ReaderOf(worker);
        try
        {
            PlanarImage file = reader.Decode(reader.ReadFile(files[item]), ImageColor.Grey);
            maps[worker].Set(new ImageShape(1, file.Height, file.Width), file.Pixels);
        }
        catch (CnnException exception)
        {
            Diagnostic first = exception.Diagnostics[0];
            throw new CnnException($"its map '{files[item]}': {first.Message}", first.Hint);
        }

        if (height > 0)
        {
            maps[worker].Resize(height, width, interpolation);
        }

        return maps[worker];
    }

    /// <summary>Requires that a map has a size.</summary>
    private protected void RequireMap(long item, ImageShape map, int height, int width)
    {
        if (map.Height != height || map.Width != width)
        {
            throw new CnnException(
                $"its map '{files[item]}' is {map.Height} x {map.Width}, not {height} x {width}",
                "a map has a pixel for each of its image");
        }
    }

    /// <summary>Writes the part of a map that is seen, as its image was placed last.</summary>
    private protected static void Write(PlanarImage map, in ImageWindow window, bool isMirrored, Span<float> to)
    {
        ReadOnlySpan<byte> pixels = map.Pixels;
        for (int y = 0; y < window.WindowHeight && !to.IsEmpty; y++)
        {
            ReadOnlySpan<byte> row = pixels.Slice(
                ((window.Top + y) * map.Width) + window.Left, window.WindowWidth);
            Span<float> target = to.Slice(y * row.Length, row.Length);
            for (int x = 0; x < row.Length; x++)
            {
                target[isMirrored ? row.Length - 1 - x : x] = row[x];
            }
        }
    }
}
