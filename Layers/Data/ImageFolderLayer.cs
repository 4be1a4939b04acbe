using Cnn.Proto;
using Cnn.Proto.Formats.Images;
using Cnn.Proto.Formats.ImageSets;
using static Cnn.Proto.ImageFolderParameter.Types;

namespace Cnn.Layers.Data;

/// <summary>
/// <c>ImageFolder</c>: image files in a folder for each class, see <see cref="ClassFolder"/>. Tops: images [N, C, H, W]
/// with the channels blue, green, red or, without <c>is_color</c>, grey; and, if named, labels [N], the numbers of the
/// classes. <c>validation_share</c> sets a part of the images aside that is used in testing, by a rule of
/// <c>split_seed</c> and the image's path alone.
/// </summary>
[LayerType("ImageFolder")]
internal sealed class ImageFolderLayer : ImageFileSourceLayer
{
    private readonly ImageFolderParameter parameter;
    private IReadOnlyList<string>? classNames;

    /// <summary>Makes the layer.</summary>
    public ImageFolderLayer(LayerContext context)
        : this(context, context.Parameter.ImageFolderParam ?? new ImageFolderParameter())
    {
    }

    private ImageFolderLayer(LayerContext context, ImageFolderParameter parameter)
        : base(context, new SourceOptions(
            parameter,
            ImageFolderParameter.SourceFieldNumber,
            ImageFolderParameter.BatchSizeFieldNumber,
            parameter.BatchSize,
            parameter.Prefetch,
            parameter.SkipBadRecords)) =>
        this.parameter = parameter;

    /// <inheritdoc/>
    public override IReadOnlyList<string>? ClassNames => classNames;

    /// <inheritdoc/>
    protected override ImageColor Color => parameter.IsColor ? ImageColor.Colour : ImageColor.Grey;

    private protected override bool IsShuffled => parameter.HasShuffle ? parameter.Shuffle : Phase == Phase.Train;

    private Part Part => parameter.Part != Part.ByPhase ? parameter.Part
        : parameter.ValidationShare == 0 ? Part.All
        : Phase == Phase.Train ? Part.Train
        : Part.Validation;

    private protected override void Open(bool hasLabels)
    {
        if (parameter.Source.Length == 0)
        {
            throw Context.Error(
                parameter,
                ImageFolderParameter.SourceFieldNumber,
                "source is missing in image_folder_param",
                "name the folder that holds a folder for each class");
        }

        float share = parameter.ValidationShare;
        if (!(share >= 0 && share < 1))
        {
            throw Context.Error(
                parameter,
                ImageFolderParameter.ValidationShareFieldNumber,
                $"validation_share is {share}",
                "it must be from 0 to below 1");
        }

        SetSize(parameter.NewHeight, parameter.NewWidth, ImageFolderParameter.NewHeightFieldNumber);
        if (MakesUpFor(parameter.Source, Told))
        {
            return;
        }

        ClassFolder folder;
        try
        {
            folder = ClassFolder.Read(Context.Files.Find(parameter.Source));
            classNames = folder.Classes;
        }
        catch (CnnException exception)
        {
            throw Context.Error(parameter, ImageFolderParameter.SourceFieldNumber, exception);
        }

        Part part = Part;
        ImageSetEntry[] images =
        [
            .. folder.Images
                .Where(i => part == Part.All || IsInValidation(i) == (part == Part.Validation))
                .Select(i => i with { Path = Path.Combine(folder.Path, i.Path) }),
        ];
        if (images.Length == 0)
        {
            string name = part == Part.Validation ? "validation" : "training";
            throw Context.Error(
                parameter,
                ImageFolderParameter.ValidationShareFieldNumber,
                $"none of the {folder.Images.Count} images are in the {name} part",
                "use more images, or another validation_share");
        }

        SetImages(images);
    }

    private bool IsInValidation(ImageSetEntry image) =>
        ClassFolder.IsInValidation(image.Path, parameter.ValidationShare, parameter.SplitSeed);
}
