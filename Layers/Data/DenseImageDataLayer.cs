using Cnn.Layers.Data.Transform;
using Cnn.Layers.Kernels.ImageTransform;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;

namespace Cnn.Layers.Data;

/// <summary>
/// <c>DenseImageData</c> of SegNet's and ENet's forks: the image files that a text file lists with the files of their
/// labels, in words without spaces. Tops: images [N, C, H, W] and labels [N, 1, H, W], or with
/// <c>label_divide_factor</c> d [N, 1, H / d, W / d], which are the pixels of the second files read as grey. Images are
/// resized bilinearly, labels to the nearest. The layer's own crop and mirror are random in both phases; those of
/// <c>transform_param</c> follow them.
/// </summary>
[LayerType("DenseImageData")]
internal sealed class DenseImageDataLayer : LabelMapSourceLayer
{
    private readonly DenseImageDataParameter parameter;
    private int divisor;

    /// <summary>Makes the layer.</summary>
    public DenseImageDataLayer(LayerContext context)
        : this(context, context.Parameter.DenseImageDataParam ?? new DenseImageDataParameter())
    {
    }

    private DenseImageDataLayer(LayerContext context, DenseImageDataParameter parameter)
        : base(context, new SourceOptions(
            parameter,
            DenseImageDataParameter.SourceFieldNumber,
            DenseImageDataParameter.BatchSizeFieldNumber,
            parameter.BatchSize,
            parameter.Prefetch,
            parameter.SkipBadRecords)) =>
        this.parameter = parameter;

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(2);

    /// <inheritdoc/>
    protected override ImageColor Color => parameter.IsColor ? ImageColor.Colour : ImageColor.Grey;

    private protected override bool IsShuffled => parameter.Shuffle;

    private protected override long FirstItem => RandomSkip(parameter.RandSkip);

    private protected override ImageShape Told => Crops ? Cut(base.Told) : base.Told;

    private bool Crops => parameter.CropHeight > 0;

    private protected override void Open(bool hasLabels)
    {
        base.Open(hasLabels);
        if (parameter.Source.Length == 0)
        {
            throw Context.Error(
                parameter,
                DenseImageDataParameter.SourceFieldNumber,
                "source is missing in dense_image_data_param",
                "name the list of images and maps");
        }

        SetSize(parameter.NewHeight, parameter.NewWidth, DenseImageDataParameter.NewHeightFieldNumber);
        CheckCrop();
        if (!MakesUpFor(parameter.Source, Told))
        {
            SetList(parameter.Source, parameter.RootFolder, hasMaps: true, hasLabels: false);
        }
    }

    private protected override ImageShape? PlanesOf(int top, ImageShape image) =>
        top == 1 ? new ImageShape(1, Math.Max(1, image.Height / divisor), Math.Max(1, image.Width / divisor)) : null;

    private protected override ImageShape ShapeOf(long item, int worker)
    {
        ImageShape shape = base.ShapeOf(item, worker);
        return Crops ? Cut(shape) : shape;
    }

    private protected override void Load(long item, int worker, ImageTarget target)
    {
        PlanarImage file = ReadImage(item, worker, out _);
        ImageScratch image = ScratchOf(worker);
        image.Set(new ImageShape(file.Channels, file.Height, file.Width), file.Pixels);
        ImageShape shape = image.Shape;
        ImageScratch map = ReadMap(
            item, worker, base.Told.Height / divisor, base.Told.Width / divisor, ImageInterpolation.Nearest);
        RequireMap(item, map.Shape, shape.Height / divisor, shape.Width / divisor);
        var random = new ImageRandom(Transformer.Key, target.Index);
        var (flip, down, across, _) = random.Block(ImageRandom.LabelMap);
        if (Crops)
        {
            Cut(shape);
            int top = ImageRandom.Below(down, shape.Height - (int)parameter.CropHeight + 1);
            int left = ImageRandom.Below(across, shape.Width - (int)parameter.CropWidth + 1);
            image.Cut(top, left, (int)parameter.CropHeight, (int)parameter.CropWidth);
            map.Cut(top, left, (int)parameter.CropHeight, (int)parameter.CropWidth);
        }

        if (parameter.Mirror && (flip >> 31) != 0)
        {
            image.Mirror();
            map.Mirror();
        }

        ImagePlacement placement = target.Transform(image, label: 0);
        ImageWindow window = divisor == 1
            ? placement.Window
            : new ImageWindow(1, map.Shape.Height, map.Shape.Width, 0, 0, map.Shape.Height, map.Shape.Width);
        Write(map.Image, window, placement.IsMirrored, target.Planes(1));
    }

    private ImageShape Cut(ImageShape shape) =>
        shape.Height == 0 || (parameter.CropHeight <= shape.Height && parameter.CropWidth <= shape.Width)
            ? shape with { Height = (int)parameter.CropHeight, Width = (int)parameter.CropWidth }
            : throw new CnnException(
                $"it is {shape}, smaller than crop_height {parameter.CropHeight} x crop_width {parameter.CropWidth}",
                "a smaller crop, or new_height and new_width, would do");

    private void CheckCrop()
    {
        if (parameter.CropHeight == 0 != (parameter.CropWidth == 0)
            || Math.Max(parameter.CropHeight, parameter.CropWidth) > 1 << 15)
        {
            throw Context.Error(
                parameter,
                DenseImageDataParameter.CropHeightFieldNumber,
                $"crop_height is {parameter.CropHeight} and crop_width {parameter.CropWidth}",
                "give both, at most 32768, or neither");
        }

        FieldRange.Require(
            Context,
            parameter,
            DenseImageDataParameter.LabelDivideFactorFieldNumber,
            parameter.LabelDivideFactor,
            1,
            1 << 10);
        divisor = (int)parameter.LabelDivideFactor;
        if (divisor > 1 && (Crops || Transformer.CropHeight > 0))
        {
            throw Context.Error(
                parameter,
                DenseImageDataParameter.LabelDivideFactorFieldNumber,
                "label_divide_factor and a crop are both given",
                "smaller maps are for whole images");
        }
    }
}
