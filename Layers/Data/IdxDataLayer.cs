using Cnn.Layers.Data.Transform;
using Cnn.Proto;
using Cnn.Proto.Formats.Idx;

namespace Cnn.Layers.Data;

/// <summary>
/// <c>IdxData</c>: images and labels from a pair of idx files, held in memory. Tops: images [N, 1, H, W] and, if named,
/// labels [N]. Items come in the files' order, or with <c>shuffle</c> in an order that is a function of the seed and
/// the epoch; which images a batch holds is a function of the pass alone. <c>first</c> and <c>count</c> select a part
/// of the files.
/// </summary>
[LayerType("IdxData")]
internal sealed class IdxDataLayer : ImageSourceLayer
{
    private readonly IdxDataParameter parameter;
    private int first;
    private int count;
    private byte[] pixels = [];
    private byte[] labels = [];
    private ImageShape image;

    /// <summary>Makes the layer.</summary>
    public IdxDataLayer(LayerContext context)
        : this(context, context.Parameter.IdxDataParam ?? new IdxDataParameter())
    {
    }

    private IdxDataLayer(LayerContext context, IdxDataParameter parameter)
        : base(context, new SourceOptions(
            parameter,
            IdxDataParameter.ImagesFieldNumber,
            IdxDataParameter.BatchSizeFieldNumber,
            parameter.BatchSize,
            parameter.Prefetch)) =>
        this.parameter = parameter;

    private protected override long Count => count;

    private protected override bool IsShuffled => parameter.Shuffle;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<int, string>? KnownLabels(int top)
    {
        if (top != 1)
        {
            return null;
        }

        var known = new Dictionary<int, string>();
        for (int i = 0; i < count && first + i < labels.Length; i++)
        {
            if (!known.ContainsKey(labels[first + i]))
            {
                known.Add(labels[first + i], NameOf(i));
            }
        }

        return known;
    }

    private protected override void Open(bool hasLabels)
    {
        if (parameter.Images.Length == 0)
        {
            throw Context.Error(parameter, IdxDataParameter.ImagesFieldNumber, "idx_data_param names no images");
        }

        if (!parameter.HasLabels && hasLabels)
        {
            throw Context.Error(
                parameter,
                IdxDataParameter.LabelsFieldNumber,
                "idx_data_param names no labels, but there is a top for them");
        }

        if (MakesUpFor(parameter.Images, new ImageShape(1, 0, 0)))
        {
            return;
        }

        IdxFile images = Read(IdxDataParameter.ImagesFieldNumber, () => IdxFile.ReadImages(Find(parameter.Images)));
        if (images.Count == 0)
        {
            throw Context.Error(parameter, IdxDataParameter.ImagesFieldNumber, $"'{parameter.Images}' holds no images");
        }

        if (parameter.HasLabels)
        {
            labels = Read(IdxDataParameter.LabelsFieldNumber, () => ReadLabels(images)).Data;
        }

        pixels = images.Data;
        image = new ImageShape(1, images.Shape[1], images.Shape[2]);
        ChoosePart(images.Count);
    }

    private protected override ImageShape ShapeOf(long item, int worker) => image;

    private protected override void Load(long item, int worker, ImageTarget target)
    {
        long record = first + item;
        target.Transform(
            image, pixels.AsSpan((int)(record * image.Count), image.Count), labels.Length > 0 ? labels[record] : 0);
    }

    private protected override string NameOf(long item) => $"image {first + item} of '{parameter.Images}'";

    private void ChoosePart(int images)
    {
        if (parameter.First >= images)
        {
            throw Context.Error(
                parameter,
                IdxDataParameter.FirstFieldNumber,
                $"first is {parameter.First}, '{parameter.Images}' holds {images} images",
                $"at most {images - 1}");
        }

        first = (int)parameter.First;
        if (parameter.Count > images - first)
        {
            throw Context.Error(
                parameter,
                IdxDataParameter.CountFieldNumber,
                $"count is {parameter.Count}, '{parameter.Images}' holds {images - first} images from {first} on",
                $"at most {images - first}");
        }

        count = parameter.Count == 0 ? images - first : (int)parameter.Count;
    }

    private IdxFile ReadLabels(IdxFile images)
    {
        IdxFile read = IdxFile.ReadLabels(Find(parameter.Labels));
        IdxFile.RequirePair(images, read);
        return read;
    }

    private string Find(string path) => Context.Files.Find(path);

    private IdxFile Read(int field, Func<IdxFile> read)
    {
        try
        {
            return read();
        }
        catch (CnnException exception)
        {
            throw Context.Error(parameter, field, exception);
        }
    }
}
