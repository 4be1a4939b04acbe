using Cnn.Proto;
using Cnn.Proto.Formats.Images;
using Cnn.Proto.Formats.ImageSets;

namespace Cnn.Layers.Data;

/// <summary>
/// <c>ImageData</c>: the image files that a text file lists with their labels, see <see cref="ImageList"/>. Tops:
/// images [N, C, H, W] with the channels blue, green, red or, without <c>is_color</c>, grey; labels [N]. Images come in
/// the order of the list, or with <c>shuffle</c> in one that is a function of the seed and the epoch;
/// <c>rand_skip</c> leaves out a number of them at the start that is a function of the seed.
/// </summary>
[LayerType("ImageData")]
internal sealed class ImageDataLayer : ImageFileSourceLayer
{
    private readonly ImageDataParameter parameter;

    /// <summary>Makes the layer.</summary>
    public ImageDataLayer(LayerContext context)
        : this(context, context.Parameter.ImageDataParam ?? new ImageDataParameter())
    {
    }

    private ImageDataLayer(LayerContext context, ImageDataParameter parameter)
        : base(context, new SourceOptions(
            parameter,
            ImageDataParameter.SourceFieldNumber,
            ImageDataParameter.BatchSizeFieldNumber,
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

    private protected override void Open(bool hasLabels)
    {
        if (parameter.Source.Length == 0)
        {
            throw Context.Error(
                parameter,
                ImageDataParameter.SourceFieldNumber,
                "source is missing in image_data_param",
                "name the list of images");
        }

        SetSize(parameter.NewHeight, parameter.NewWidth, ImageDataParameter.NewHeightFieldNumber);
        if (MakesUpFor(parameter.Source, Told))
        {
            return;
        }

        IReadOnlyList<ImageSetEntry> list;
        try
        {
            list = ImageList.Read(Context.Files.Find(parameter.Source));
        }
        catch (CnnException exception) when (exception.Diagnostics[0].Location is null)
        {
            throw Context.Error(parameter, ImageDataParameter.SourceFieldNumber, exception);
        }

        // A path is that of root_folder with the list's right behind it, as in Caffe.
        ImageSetEntry[] images =
            [.. list.Select(i => i with { Path = Context.Files.Find(parameter.RootFolder + i.Path) })];
        SetImages(images);
    }
}
