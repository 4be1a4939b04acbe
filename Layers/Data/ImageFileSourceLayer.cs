using Cnn.Layers.Data.Transform;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;
using Cnn.Proto.Formats.ImageSets;

namespace Cnn.Layers.Data;

/// <summary>
/// The base of the sources whose images are files: each is read, decoded to blue, green, red or to grey, and resized,
/// when its turn comes.
/// </summary>
internal abstract class ImageFileSourceLayer : ImageSourceLayer
{
    private const int MostMissingShown = 10, MostFilesChecked = 100_000, LargestSide = 1 << 15;

    private readonly SourceOptions options;
    private IReadOnlyList<ImageSetEntry> images = [];
    private int height;
    private int width;

    /// <summary>Makes the layer.</summary>
    protected ImageFileSourceLayer(LayerContext context, SourceOptions options)
        : base(context, options) => this.options = options;

    /// <summary>What the images are decoded to.</summary>
    protected abstract ImageColor Color { get; }

    private protected override long Count => images.Count;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<int, string>? KnownLabels(int top)
    {
        if (top != 1)
        {
            return null;
        }

        var known = new Dictionary<int, string>();
        for (int i = 0; i < images.Count; i++)
        {
            if (!known.ContainsKey(images[i].Label))
            {
                known.Add(images[i].Label, NameOf(i));
            }
        }

        return known;
    }

    /// <summary>What the definition tells of the images' shape; 0 where it tells nothing.</summary>
    private protected virtual ImageShape Told => new(Color == ImageColor.Grey ? 1 : 3, height, width);

    /// <summary>Sets the size that the images are resized to; both 0 for the size that each has.</summary>
    /// <param name="newHeight">Rows.</param>
    /// <param name="newWidth">Columns.</param>
    /// <param name="heightField">The field of the rows, for errors.</param>
    /// <exception cref="CnnException">Only one of the sizes is given, or they are too large.</exception>
    protected void SetSize(uint newHeight, uint newWidth, int heightField)
    {
        if (newHeight == 0 != (newWidth == 0))
        {
            throw Context.Error(
                options.Parameter,
                heightField,
                "of new_height and new_width only one is given",
                "give both or neither");
        }

        if (Math.Max(newHeight, newWidth) > LargestSide)
        {
            throw Context.Error(
                options.Parameter,
                heightField,
                $"images of {newHeight} x {newWidth} are too large",
                $"at most {LargestSide} a side");
        }

        (height, width) = ((int)newHeight, (int)newWidth);
    }

    /// <summary>Sets the images.</summary>
    /// <param name="set">The images, with paths that can be opened.</param>
    /// <exception cref="CnnException">Files are missing.</exception>
    protected void SetImages(IReadOnlyList<ImageSetEntry> set)
    {
        images = set;
        RequireFiles();
    }

    private protected override ImageShape ShapeOf(long item, int worker)
    {
        if (height > 0)
        {
            return new ImageShape(Color == ImageColor.Grey ? 1 : 3, height, width);
        }

        return ImageReader.ShapeOf(ReaderOf(worker).ReadFile(images[(int)item].Path), Color);
    }

    private protected override void Load(long item, int worker, ImageTarget target)
    {
        PlanarImage image = ReadImage(item, worker, out _);
        target.Transform(
            new ImageShape(image.Channels, image.Height, image.Width), image.Pixels, images[(int)item].Label);
    }

    /// <summary>Reads and resizes an item's image; it is valid until the worker reads another.</summary>
    /// <param name="item">The item.</param>
    /// <param name="worker">The worker.</param>
    /// <param name="stored">The shape that it has in its file.</param>
    private protected PlanarImage ReadImage(long item, int worker, out ImageShape stored)
    {
        ImageReader reader = ReaderOf(worker);
        PlanarImage image = reader.Decode(reader.ReadFile(images[(int)item].Path), Color);
        stored = new ImageShape(image.Channels, image.Height, image.Width);
        return height > 0 ? reader.Resize(image, height, width) : image;
    }

    /// <summary>Returns an item's label.</summary>
    private protected int LabelOf(long item) => images[(int)item].Label;

    /// <summary>Whether the files of an item are there.</summary>
    /// <param name="item">The item.</param>
    /// <param name="path">The path of its image.</param>
    private protected virtual bool IsThere(int item, string path) => File.Exists(path);

    private protected override string NameOf(long item) => $"image {item} ('{images[(int)item].Path}')";

    // Looking for a file costs a microsecond where the disk is near; a data set beyond the bound is believed.
    private void RequireFiles()
    {
        ImageSetEntry[] missing = [.. images.Take(MostFilesChecked).Where((image, i) => !IsThere(i, image.Path))];
        if (missing.Length <= options.SkipBadRecords)
        {
            return;
        }

        if (Context.MadeUp is not null && missing.Length == Math.Min(images.Count, MostFilesChecked))
        {
            MakeUp($"none of the {images.Count} images is here", Told);
            images = [];
            return;
        }

        string names = string.Join(", ", missing.Take(MostMissingShown).Select(i => $"'{i.Path}'"));
        string more = missing.Length > MostMissingShown ? $" and {missing.Length - MostMissingShown} more" : "";
        throw Context.Error(
            options.Parameter,
            options.SourceField,
            $"{missing.Length} of {images.Count} images are not there: {names}{more}",
            "check the list and root_folder");
    }
}
