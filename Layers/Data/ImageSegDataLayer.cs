using Cnn.Layers.Data.Transform;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;
using LabelType = Cnn.Proto.ImageDataParameter.Types.LabelType;

namespace Cnn.Layers.Data;

/// <summary>
/// <c>ImageSegData</c> of PSPNet's fork: the image files that a text file lists, with what <c>label_type</c> says: the
/// file of their labels, a label for all pixels, or nothing. Tops: images [N, C, H, W], labels [N, 1, H, W] and sizes
/// [N, 1, 1, 2], the rows and columns of each file, at most those of the top. Images are resized by one of
/// <c>scale_factors</c>, their labels to the nearest pixel; where the crop is larger, the image is continued to the
/// right and below by the mean, and its labels by <c>ignore_label</c>.
/// </summary>
[LayerType("ImageSegData")]
internal sealed class ImageSegDataLayer : LabelMapSourceLayer
{
    private const float LargestFactor = 64;

    private readonly ImageDataParameter parameter;
    private readonly TransformationParameter transform;

    /// <summary>Makes the layer.</summary>
    public ImageSegDataLayer(LayerContext context)
        : this(context, context.Parameter.ImageDataParam ?? new ImageDataParameter())
    {
    }

    private ImageSegDataLayer(LayerContext context, ImageDataParameter parameter)
        : base(context, new SourceOptions(
            parameter,
            ImageDataParameter.SourceFieldNumber,
            ImageDataParameter.BatchSizeFieldNumber,
            parameter.BatchSize,
            parameter.Prefetch,
            parameter.SkipBadRecords))
    {
        this.parameter = parameter;
        transform = context.Parameter.TransformParam ?? new TransformationParameter();
    }

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Between(2, 3);

    /// <inheritdoc/>
    protected override ImageColor Color => parameter.IsColor ? ImageColor.Colour : ImageColor.Grey;

    private protected override bool TakesScales => true;

    private protected override bool IsShuffled => parameter.Shuffle;

    private protected override long FirstItem => RandomSkip(parameter.RandSkip);

    private int CropHeight => Transformer.CropHeight;

    private int CropWidth => Transformer.CropWidth;

    private protected override void Open(bool hasLabels)
    {
        base.Open(hasLabels);
        if (parameter.Source.Length == 0)
        {
            throw Context.Error(
                parameter,
                ImageDataParameter.SourceFieldNumber,
                "source is missing in image_data_param",
                "name the list of images");
        }

        CheckDefinition();
        SetSize(parameter.NewHeight, parameter.NewWidth, ImageDataParameter.NewHeightFieldNumber);
        if (!MakesUpFor(parameter.Source, Told))
        {
            SetList(
                parameter.Source,
                parameter.RootFolder,
                hasMaps: parameter.LabelType == LabelType.Pixel,
                hasLabels: parameter.LabelType == LabelType.Image);
        }
    }

    private protected override ImageShape TopShape(ImageShape image, ImageFit? resize, long index) => CropHeight > 0
        ? new ImageShape(image.Channels, CropHeight, CropWidth)
        : base.TopShape(image, resize, index);

    private protected override ImageShape? PlanesOf(int top, ImageShape image) =>
        top == 2 ? new ImageShape(1, 1, 2) : base.PlanesOf(top, image);

    private protected override void Load(long item, int worker, ImageTarget target)
    {
        PlanarImage file = ReadImage(item, worker, out ImageShape stored);
        ImageScratch image = ScratchOf(worker);
        image.Set(new ImageShape(file.Channels, file.Height, file.Width), file.Pixels);
        ImageScratch map = MapFor(item, worker, image.Shape);
        Scale(new ImageRandom(Transformer.Key, target.Index), image, map);
        ImageShape scaled = image.Shape;
        int height = Math.Max(scaled.Height, CropHeight), width = Math.Max(scaled.Width, CropWidth);
        if (height > scaled.Height || width > scaled.Width)
        {
            Continue(image, height, width, 0);
            Continue(map, height, width, (byte)parameter.IgnoreLabel);
        }

        ImagePlacement placement = target.Transform(image, label: 0);
        Write(map.Image, placement.Window, placement.IsMirrored, target.Planes(1));
        Blank(placement, scaled, target);
        Span<float> size = target.Planes(2);
        if (!size.IsEmpty)
        {
            (size[0], size[1]) = (
                Math.Min(target.Shape.Height, stored.Height), Math.Min(target.Shape.Width, stored.Width));
        }
    }

    private ImageScratch MapFor(long item, int worker, ImageShape shape)
    {
        if (parameter.LabelType == LabelType.Pixel)
        {
            // The fork resizes labels to new_height and new_width as it does images.
            ImageScratch read = ReadMap(item, worker, Told.Height, Told.Width, ImageInterpolation.Linear);
            RequireMap(item, read.Shape, shape.Height, shape.Width);
            return read;
        }

        ImageScratch map = MapOf(worker);
        map.SetSize(1, shape.Height, shape.Width);
        map.Image.Pixels.Fill(
            parameter.LabelType == LabelType.Image ? (byte)LabelOf(item) : (byte)parameter.IgnoreLabel);
        return map;
    }

    private void Scale(ImageRandom random, ImageScratch image, ImageScratch map)
    {
        if (transform.ScaleFactors.Count == 0)
        {
            return;
        }

        uint word = random.Block(ImageRandom.ScaleFactor).A;
        float factor = transform.ScaleFactors[ImageRandom.Below(word, transform.ScaleFactors.Count)];
        if (factor != 1)
        {
            int height = Math.Max(1, (int)(image.Shape.Height * factor));
            int width = Math.Max(1, (int)(image.Shape.Width * factor));
            image.Resize(height, width, ImageInterpolation.Linear);
            map.Resize(height, width, ImageInterpolation.Nearest);
        }
    }

    private static void Continue(ImageScratch image, int height, int width, byte value)
    {
        PlanarImage larger = image.Next(height, width);
        larger.Pixels.Fill(value);
        image.Place(larger, 0, 0);
    }

    // What continues an image is the mean, which need not be a byte: 0 in the net.
    private static void Blank(ImagePlacement placement, ImageShape scaled, ImageTarget target)
    {
        var window = placement.Window;
        if (window.Top + window.WindowHeight <= scaled.Height && window.Left + window.WindowWidth <= scaled.Width)
        {
            return;
        }

        Span<float> values = target.Values;
        int rows = Math.Clamp(scaled.Height - window.Top, 0, window.WindowHeight);
        int columns = Math.Clamp(scaled.Width - window.Left, 0, window.WindowWidth);
        for (int row = 0; row < window.Channels * window.WindowHeight; row++)
        {
            Span<float> line = values.Slice(row * window.WindowWidth, window.WindowWidth);
            Span<float> blank = row % window.WindowHeight >= rows ? line
                : placement.IsMirrored ? line[..(window.WindowWidth - columns)]
                : line[columns..];
            blank.Clear();
        }
    }

    private void CheckDefinition()
    {
        FieldRange.Require(
            Context, parameter, ImageDataParameter.IgnoreLabelFieldNumber, parameter.IgnoreLabel, 0, 255);
        if (transform.HasMeanFile)
        {
            throw Context.Error(
                transform,
                TransformationParameter.MeanFileFieldNumber,
                "mean_file is given, but ImageSegData resizes images",
                "give mean_value");
        }

        foreach (float factor in transform.ScaleFactors)
        {
            FieldRange.Require(
                Context, transform, TransformationParameter.ScaleFactorsFieldNumber, factor, 0.01, LargestFactor);
        }

        if (CropHeight == 0 && transform.ScaleFactors.Any(factor => factor != 1))
        {
            throw Context.Error(
                transform,
                TransformationParameter.ScaleFactorsFieldNumber,
                "scale_factors make images of many sizes, and nothing gives them one",
                "add crop_size");
        }
    }
}
